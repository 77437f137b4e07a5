// A line of metrics.jsonl as TensorBoard shows it: curves `<kind>/<key>` over a number of the line. What is measured once an
// epoch is over epochs: after the last environment step there are some, and two points at one step would be one.
import type { MetricLine } from '../../learning/learner.ts'

export interface Scalars {
  step: number
  values: Record<string, number>
}

/** The key that only lines of a kind have, the kind, and what its curves are over. Updates are told by their network. */
const KINDS = [
  ['episode_return', 'episode', 'steps'],
  ['evaluation_return', 'evaluation', 'steps'],
  ['imagined_reward', 'imagination', 'epoch'],
  ['real_value', 'values', 'epoch'],
  ['seconds', 'time', 'epoch'],
] as const

export function scalarsOf(line: MetricLine): Scalars {
  const { kind, over } = kindOf(line)
  const shown = Object.entries(line).filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === 'number' && entry[0] !== 'epoch' && entry[0] !== over,
  )
  const values = Object.fromEntries(shown.map(([key, value]) => [kind ? `${kind}/${key}` : key, value]))
  return { step: Number(line[over] ?? 0), values }
}

function kindOf(line: MetricLine): { kind: string; over: string } {
  if (typeof line.network === 'string') return { kind: line.network, over: 'update' }
  const [, kind = '', over = 'epoch'] = KINDS.find(([key]) => key in line) ?? []
  return { kind, over }
}
