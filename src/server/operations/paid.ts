// What a request costs: as many units as steps are imagined for it, at least one. The first was paid on arrival; the
// rest is charged before the work, and what was not computed after all is given back.
import { DimaError } from '../../common/errors.ts'
import type { Caller } from './operation.ts'

/** Throws DimaError `rate_limited`. @returns gives so many units back */
export function pay({ charge }: Caller, units: number): (back: number) => void {
  if (units > 1) charge?.(units, 1)
  return (back) => {
    const most = Math.min(back, units - 1) // the arrival stays paid
    if (most > 0) charge?.(-most, 0)
  }
}

/** Refused for want of room: nothing was computed. */
export const isUndone = (error: unknown): boolean =>
  error instanceof DimaError && (error.status === 429 || error.status === 503)

/** Pays for `work` as a whole. */
export async function paid<T>(caller: Caller, units: number, work: () => Promise<T>): Promise<T> {
  const giveBack = pay(caller, units)
  try {
    return await work()
  } catch (error) {
    if (isUndone(error)) giveBack(units)
    throw error
  }
}
