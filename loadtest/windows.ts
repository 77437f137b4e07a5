// Measures in windows of fixed length until the rate is stable, as Triton's perf_analyzer does: the last three windows
// must each be near their mean. The warm-up comes before and is not counted.
import { setTimeout as sleep } from 'node:timers/promises'
import { mean } from '../src/common/statistics.ts'
import type { Samples } from './samples.ts'

/** Windows that must agree, and how far each may be from their mean. */
const WINDOWS = 3
const TOLERANCE = 0.1

export interface WindowOptions {
  warmUpMs: number
  windowMs: number
  /** when the rate is not stable by then, so be it */
  mostMs: number
}

export interface Measured {
  /** performance.now() of the last three windows */
  from: number
  to: number
  stable: boolean
  /** answered well per second, window by window */
  rates: number[]
}

/** @param samples filled by a loop meanwhile */
export async function measureUntilStable(samples: Samples, options: WindowOptions): Promise<Measured> {
  const { warmUpMs, windowMs, mostMs } = options
  await sleep(warmUpMs)
  const most = Math.max(WINDOWS, Math.floor(mostMs / windowMs))
  const edges = [performance.now()]
  const rates: number[] = []
  while (rates.length < most && !isStable(rates)) {
    await sleep(windowMs)
    edges.push(performance.now())
    rates.push(rateBetween(samples, edges.at(-2)!, edges.at(-1)!))
  }
  const from = edges.at(-1 - Math.min(WINDOWS, rates.length))!
  return { from, to: edges.at(-1)!, stable: isStable(rates), rates }
}

export function isStable(rates: readonly number[]): boolean {
  const last = rates.slice(-WINDOWS)
  if (last.length < WINDOWS) return false
  const centre = mean(last)
  return last.every((rate) => Math.abs(rate - centre) <= TOLERANCE * centre)
}

export function rateBetween({ done, code, count }: Samples, from: number, to: number): number {
  let answered = 0
  for (let i = 0; i < count; i++) if (code[i] === 'ok' && done[i]! >= from && done[i]! < to) answered++
  return (1000 * answered) / (to - from)
}
