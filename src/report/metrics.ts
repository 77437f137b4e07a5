// Reads metrics.jsonl. A line is a flat object of numbers and words; its kind shows in the key that only that kind has.
import { readFileSync } from 'node:fs'
import { parseJson } from '../common/json.ts'
import { mean, sum } from '../common/statistics.ts'
import { damaged } from './damaged.ts'
import type { Point } from './drawing/panel.ts'

export type MetricsLine = Record<string, number | string>

/** The lines written so far. The last one may be half: the run is still writing, or was cut off. */
export function readMetrics(path: string): MetricsLine[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  const unfinished = lines.pop()!
  const whole = lines.map((text, i) => parseLine(text) ?? fail(path, i + 1))
  const last = unfinished && parseLine(unfinished)
  return last ? [...whole, last] : whole
}

function parseLine(text: string): MetricsLine | undefined {
  const line = parseJson(text)
  return isMetricsLine(line) ? line : undefined
}

function isMetricsLine(line: unknown): line is MetricsLine {
  if (typeof line !== 'object' || line === null || !('epoch' in line)) return false
  return Object.values(line).every((value) => value === null || ['number', 'string'].includes(typeof value))
}

function fail(path: string, number: number): never {
  throw damaged(`${path}, line ${number}`, 'an object of numbers with an epoch was expected')
}

/** Every line that has both `x` and `y`, as points. A number that was not finite is written as null. */
export const pointsOf = (lines: readonly MetricsLine[], x: string, y: string): Point[] =>
  lines
    .map((line) => [line[x], line[y]] as const)
    .filter((point): point is Point => point.every((value) => typeof value === 'number'))

/** Not an episode that was played otherwise than by sampling the policy, for exploration. */
export const isSampled = ({ played = 'sampled' }: MetricsLine): boolean => played === 'sampled'

/** The updates of one network. */
export const updatesOf = (lines: readonly MetricsLine[], network: string): MetricsLine[] =>
  lines.filter((line) => line.network === network)

/** The networks that were trained, in the order in which they first appear. */
export const networksOf = (lines: readonly MetricsLine[]): string[] => [
  ...new Set(lines.map(({ network }) => network).filter((name) => typeof name === 'string')),
]

/** The last line that has `key`. */
export const lastWith = (lines: readonly MetricsLine[], key: string): MetricsLine | undefined =>
  lines.findLast((line) => typeof line[key] === 'number')

export const sumOf = (lines: readonly MetricsLine[], key: string): number =>
  sum(lines.map((line) => (typeof line[key] === 'number' ? line[key] : 0)))

/** Environment steps collected so far. */
export const stepsOf = (lines: readonly MetricsLine[]): number =>
  pointsOf(lines, 'epoch', 'steps').reduce((most, [, steps]) => Math.max(most, steps), 0)

/** The last of several points at one x: copies of an environment end together, an epoch has many updates. */
export const lastAt = (points: readonly Point[]): Point[] => [...new Map(points)]

/** What a policy's actor says, one for all agents or one each: of several the mean where they say it at the same `x`. */
export function actorPoints(lines: readonly MetricsLine[], x: string, y: string): Point[] {
  const actors = networksOf(lines).filter((name) => /^actor(_\d+)?$/.test(name))
  const each = actors.map((name) => new Map(pointsOf(updatesOf(lines, name), x, y)))
  return [...(each[0] ?? [])].map(([at]) => [
    at,
    mean(each.map((own) => own.get(at)).filter((value) => value !== undefined)),
  ])
}

/** At most `count` points: means of as many neighbours as it takes. */
export function thinned(points: readonly Point[], count = 200): Point[] {
  const width = Math.ceil(points.length / count)
  if (width <= 1) return [...points]
  return Array.from({ length: Math.ceil(points.length / width) }, (_, i) => {
    const near = points.slice(i * width, (i + 1) * width)
    return [mean(near.map(([x]) => x)), mean(near.map(([, y]) => y))]
  })
}
