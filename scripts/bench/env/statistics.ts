// Figures of rounds in which everything took its turn: what disturbs a round disturbs both sides of a ratio.

import { significant } from '../../../loadtest/record.ts'
import { median } from '../../../src/common/statistics.ts'

/** Median and range over the rounds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const spread = (rounds: readonly number[]): Spread => ({
  median: significant(median(rounds)),
  min: significant(Math.min(...rounds)),
  max: significant(Math.max(...rounds)),
})

/** Round by round. */
export const ratios = (above: readonly number[], below: readonly number[]): Spread =>
  spread(above.map((value, i) => value / below[i]!))

/** `0.65 (0.61 to 0.7)` */
export const inWords = ({ median, min, max }: Spread): string => `${median} (${min} to ${max})`

/**
 * What each of them measures, round by round, after a round of warm-up that does not count. Every second round goes
 * backwards, so that a drift does not favour the first.
 */
export async function inRounds<Measures extends Record<string, (round: number) => unknown>>(
  measures: Measures,
  rounds: number,
): Promise<{ [Name in keyof Measures]: Awaited<ReturnType<Measures[Name]>>[] }> {
  const names = Object.keys(measures)
  const seen = Object.fromEntries(names.map((name) => [name, [] as unknown[]]))
  for (let round = 0; round <= rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await measures[name]!(round)
      if (round > 0) seen[name]!.push(value)
    }
  return seen as { [Name in keyof Measures]: Awaited<ReturnType<Measures[Name]>>[] }
}
