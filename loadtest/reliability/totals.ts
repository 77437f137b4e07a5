// What all well-behaved clients together saw.
import { sum } from '../../src/common/statistics.ts'
import type { Stepper } from './stepper.ts'
import { sumByKey } from './sums.ts'

export interface Totals {
  commits: number
  episodes: number
  repeatedSteps: number
  /** by code */
  refused: Record<string, number>
  /** largest difference of an episode from its first time, over max(1, |x|) */
  deviation: number
}

export function totalsOf(steppers: readonly Stepper[]): Totals {
  const reports = steppers.map(({ report }) => report)
  return {
    commits: sum(reports.map(({ commits }) => commits)),
    episodes: sum(reports.map(({ episodes }) => episodes)),
    repeatedSteps: sum(reports.map(({ repeated }) => repeated)),
    refused: sumByKey(reports.map(({ refused }) => refused)),
    deviation: Math.max(...reports.map(({ deviation }) => deviation)),
  }
}
