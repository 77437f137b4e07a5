// Things to compare take turns in short slices, so that all of them meet the same noise of a shared machine.
import { setTimeout as sleep } from 'node:timers/promises'
import { median, sum } from '../../src/common/statistics.ts'
import { closedLoop } from '../loops.ts'
import { Samples } from '../samples.ts'
import type { Target } from '../target.ts'
import type { Costs } from './costs.ts'

/** Steps per second of one slice. */
export type Slice = () => Promise<number>

/** Rates by name, round by round; the first round warms up and is left out. */
export async function alternate<K extends string>(
  contestants: Record<K, Slice>,
  rounds: number,
): Promise<Record<K, number[]>> {
  const names = Object.keys(contestants) as K[]
  const rates = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>
  for (let round = 0; round <= rounds; round++)
    for (const name of names) {
      const rate = await contestants[name]()
      if (round > 0) rates[name].push(rate)
    }
  return rates
}

/** Ratio of the medians, and the least and greatest of the rounds' own ratios. */
export function ratio(over: number[], under: number[]): { value: number; least: number; most: number } {
  const each = over.map((rate, round) => rate / under[round]!)
  return { value: median(over) / median(under), least: Math.min(...each), most: Math.max(...each) }
}

const SETTLE_MS = 300
const PATIENCE_MS = 10_000

/** A target in a closed loop for a moment; what it does while it gets going does not count. */
export const closedSlice =
  (target: Target, ms: number, costs?: Pick<Costs, 'begin'>): Slice =>
  async () => {
    const samples = new Samples()
    const account = await costs?.begin()
    const loop = closedLoop(target, samples)
    await sleep(SETTLE_MS)
    const from = performance.now()
    await sleep(ms)
    const to = performance.now()
    await loop.stop(PATIENCE_MS)
    const failed = samples.which((i) => samples.code[i] !== 'ok').map((i) => samples.code[i]!)
    if (failed.length > 0) throw new Error(`${failed.length} requests failed: ${[...new Set(failed)]}`)
    const all = samples.which(() => true)
    await account?.(stepsOf(samples, all))
    const inside = all.filter((i) => samples.done[i]! >= from && samples.done[i]! < to)
    return (1000 * stepsOf(samples, inside)) / (to - from)
  }

const stepsOf = (samples: Samples, which: number[]): number => sum(which.map((i) => samples.steps[i]!))
