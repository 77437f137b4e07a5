// What a run against a fleet found, and what must not be in it.
import { sum } from '../../../src/common/statistics.ts'
import { quantile, sumByKey } from '../sums.ts'
import { FAULTS, type Planned } from './faults.ts'
import type { Walker } from './walker.ts'

/** One fault, and each session's longest time without an answer from it until all servers were there again. */
export interface Struck extends Planned {
  gaps: number[]
}

interface Felt {
  count: number
  /** milliseconds, over sessions and faults */
  gapMs: { p50: number; p99: number; max: number }
}

export interface FleetReport {
  servers: number
  sessions: number
  seconds: number
  /** by kind, and by how they were made where there are several ways */
  faults: Record<string, Felt>
  steps: number
  /** answered, but not committed at the end */
  lost: number
  /** committed at the end, but not asked for */
  twice: number
  /** taken again by clients, after the store had lost them */
  rewound: number
  /** refusals that clients did not repeat by themselves, by code */
  refused: Record<string, number>
  /** compared with one server that keeps sessions in memory, undisturbed: answers that are not the same to the last bit */
  unequal: number
  /** the largest of their differences, over max(1, |x|) */
  deviation: number
  failures: string[]
}

export type Comparison = Pick<FleetReport, 'unequal' | 'deviation'>

export interface Found {
  servers: number
  seconds: number
  struck: Struck[]
  walkers: Walker[]
  comparison: Comparison
  mostGapMs: number
}

export function conclude({ servers, seconds, struck, walkers, comparison, mostGapMs }: Found): FleetReport {
  const ahead = walkers.map(({ answers, committed }) => answers.length - committed)
  const report = {
    servers,
    sessions: walkers.length,
    seconds: Math.round(seconds),
    faults: feltOf(struck),
    steps: sum(walkers.map(({ answers }) => answers.length)),
    lost: sum(ahead.map((steps) => Math.max(0, steps))),
    twice: sum(ahead.map((steps) => Math.max(0, -steps))),
    rewound: sum(walkers.map(({ rewound }) => rewound)),
    refused: sumByKey(walkers.map(({ refused }) => refused)),
    ...comparison,
  }
  const wrong = walkers.flatMap((walker) => walker.wrong)
  return { ...report, failures: [...wrong, ...judge(report, mostGapMs)] }
}

export function judge(report: Omit<FleetReport, 'failures'>, mostGapMs: number): string[] {
  const failures: string[] = []
  for (const name of ['lost', 'twice'] as const)
    if (report[name] > 0)
      failures.push(`${report[name]} steps were ${name === 'lost' ? 'lost' : 'taken twice'}`)
  if (report.unequal > 0)
    failures.push(
      `${report.unequal} answers differ from those of an undisturbed server, by ${report.deviation}`,
    )
  for (const [name, { gapMs }] of Object.entries(report.faults))
    if (gapMs.max > mostGapMs) failures.push(`a session stood still for ${gapMs.max} ms after a ${name}`)
  return failures
}

/** With its way, if it has several. */
export const nameOf = ({ fault, way }: Planned): string => (way ? `${fault}: ${way}` : fault)

export function feltOf(struck: Struck[]): FleetReport['faults'] {
  const kinds = FAULTS.map((fault): [string, Struck[]] => [
    fault,
    struck.filter((one) => one.fault === fault),
  ])
  for (const name of new Set(struck.filter(({ way }) => way).map(nameOf)))
    kinds.push([name, struck.filter((one) => nameOf(one) === name)])
  return Object.fromEntries(kinds.filter(([, all]) => all.length > 0).map(([name, all]) => [name, felt(all)]))
}

function felt(struck: Struck[]): Felt {
  const gaps = struck.flatMap((one) => one.gaps)
  const at = (share: number) => Math.round(quantile(gaps, share))
  return { count: struck.length, gapMs: { p50: at(0.5), p99: at(0.99), max: at(1) } }
}

/** Of the answers to the same steps. */
export function compare(given: readonly number[][][], expected: readonly number[][][]): Comparison {
  let unequal = 0
  let deviation = 0
  for (const [session, answers] of given.entries())
    for (const [step, answer] of answers.entries()) {
      const truth = expected[session]?.[step] ?? []
      if (answer.length === truth.length && answer.every((x, i) => Object.is(x, truth[i]))) continue
      unequal++
      const far = answer.map((x, i) => Math.abs(x - (truth[i] ?? Number.NaN)) / Math.max(1, Math.abs(x)))
      deviation = Math.max(deviation, ...far)
    }
  return { unequal, deviation }
}
