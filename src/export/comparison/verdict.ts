// Which of two versions is better, measure by measure: rows are compared with each other, and a difference counts when it
// is larger than a margin and than what the draw of the rows may account for.
import { mean, variance } from '../../common/statistics.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Performance } from './performance.ts'

export interface Verdict {
  measure: string
  current: number
  next: number
  /** how far they may differ and still count as equal */
  margin: number
  verdict: 'better' | 'equal' | 'worse'
  /** a worse one keeps a label where it is */
  decisive: boolean
}

type Facts = Pick<Manifest, 'scores' | 'graphs'>
/** One side of a comparison. */
export interface Side {
  performance: Performance
  manifest: Facts
}

/** Share of the current error that the next one may be larger. */
export const TOLERANCE = 0.05
/** By how much the probability of a wrong end may be larger. */
const END_TOLERANCE = 0.02

export function judge(current: Side, next: Side, tolerance = TOLERANCE): Verdict[] {
  const pair = <T>(pick: (performance: Performance) => T): [T, T] => [
    pick(current.performance),
    pick(next.performance),
  ]
  const error = (measure: string, [a, b]: [number[], number[]], decisive = true) =>
    pairedVerdict(measure, a, b, { margin: tolerance * mean(a), decisive })
  const ends = (measure: string, [a, b]: [number[], number[]]) =>
    pairedVerdict(measure, a, b, { margin: END_TOLERANCE, decisive: true })
  const missed = pair(({ missedEnds }) => missedEnds)
  return [
    error(defaultName(current, next), [byDefault(current), byDefault(next)]),
    ...others(current, next).map((plan) =>
      error(
        `state error, ${plan}`,
        pair(({ stateErrors }) => stateErrors[plan]!),
        false,
      ),
    ),
    error(
      'reward error',
      pair(({ rewardErrors }) => rewardErrors),
    ),
    ends(
      'false ends',
      pair(({ falseEnds }) => falseEnds),
    ),
    ends(
      'false ends from rest',
      pair(({ falseEndsFromRest }) => falseEndsFromRest),
    ),
    ...(missed[0] && missed[1] ? [ends('missed ends', [missed[0], missed[1]])] : []),
    ...policyVerdict(current.manifest, next.manifest),
    ...returnVerdict(current.manifest, next.manifest),
  ]
}

const usual = ({ performance }: Side): string => performance.byDefault
const byDefault = (side: Side): number[] => side.performance.stateErrors[usual(side)]!

/** Each by what it uses unless asked. */
function defaultName(current: Side, next: Side): string {
  const names = [...new Set([usual(current), usual(next)])]
  return `state error, ${names.join(' against ')} (default)`
}

const others = (current: Side, next: Side): string[] =>
  Object.keys(next.performance.stateErrors)
    .filter((word) => word in current.performance.stateErrors)
    .filter((word) => usual(current) !== usual(next) || word !== usual(next))

/** Lower is better. The margin is at least two standard errors of the mean difference. */
function pairedVerdict(
  measure: string,
  current: readonly number[],
  next: readonly number[],
  { margin: least, decisive }: { margin: number; decisive: boolean },
): Verdict {
  const differences = next.map((value, row) => value - current[row]!)
  const margin = Math.max(least, 2 * standardError(differences))
  const values = { measure, current: mean(current), next: mean(next), margin, decisive }
  return { ...values, verdict: verdictOf(values.current - values.next, margin) }
}

const standardError = (values: readonly number[]): number =>
  Math.sqrt(variance(values) / Math.max(1, values.length - 1))

/** Requests that have the policy act fail without one. */
function policyVerdict({ graphs: a }: Facts, { graphs: b }: Facts): Verdict[] {
  const [current, next] = [a.policy ? 1 : 0, b.policy ? 1 : 0]
  if (current === next) return []
  return [
    { measure: 'policies', current, next, margin: 0, verdict: verdictOf(next - current, 0), decisive: true },
  ]
}

/** The recorded returns of the policies with mean actions: the margin is their deviation over episodes. */
function returnVerdict({ scores: a }: Facts, { scores: b }: Facts): Verdict[] {
  const [current, next] = [a.policy?.meanActions, b.policy?.meanActions]
  if (!current || !next) return []
  const margin = Math.hypot(current.std, next.std)
  return [
    {
      measure: 'return of the policy',
      current: current.mean,
      next: next.mean,
      margin,
      verdict: verdictOf(next.mean - current.mean, margin),
      decisive: true,
    },
  ]
}

const verdictOf = (gain: number, margin: number): Verdict['verdict'] =>
  gain > margin ? 'better' : gain >= -margin ? 'equal' : 'worse'
