// Observations of a caller's own by agent, one or B rows of them, and actions in the same form. N agents, A action, O
// observation.
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { copyNumbers, describe, lengthOf, wrongShape } from '../wire/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'
import { checkSize } from './actions.ts'
import { isDictionary, requireKnown } from './agents.ts'

export interface RowsSeen {
  /** [B] of [N, O]; zeros of agents that were left out */
  rows: Float32Array[]
  /** [N] who was given */
  agents: boolean[]
  /** whether there was no axis of rows */
  single: boolean
}

/** Throws DimaError naming what of `observations` is wrong. @param most rows */
export function readObservations(observations: unknown, manifest: Manifest, most: number): RowsSeen {
  if (!isDictionary(observations) || Object.keys(observations).length === 0) throw noDictionary(observations)
  requireKnown(observations, manifest, 'observations')
  const names = manifest.agents.map(({ name }) => name)
  const agents = names.map((name) => Object.hasOwn(observations, name))
  const first = names[agents.indexOf(true)]!
  const { single, count } = formOf(observations[first], `observations.${first}`, manifest, most)
  const [N, O] = [names.length, manifest.observation.length]
  const longest = Math.max(...manifest.agents.map(({ observed }) => observed ?? O))
  const rows = Array.from({ length: count }, () => new Float32Array(N * O))
  for (const [agent, name] of names.entries()) {
    if (!agents[agent]) continue
    const width = manifest.agents[agent]!.observed ?? O
    const own = new Float32Array(count * width)
    copyNumbers(observations[name], single ? [width] : [count, width], `observations.${name}`, own)
    for (const [row, seen] of rows.entries()) {
      seen.set(own.subarray(row * width, (row + 1) * width), agent * O)
      if (longest < O) seen[agent * O + longest + agent] = 1 // its id (env/agent-forms.ts)
    }
  }
  return { rows, agents, single }
}

/** One row, or how many: read off the first agent's, with whom the others must agree. */
function formOf(value: unknown, field: string, manifest: Manifest, most: number) {
  const count = lengthOf(value)
  if (count === undefined) throw wrongShape(field, [`1..${most}`, manifest.observation.length], value)
  const inner = value instanceof WireTensor ? value.shape[1] : lengthOf((value as unknown[])[0])
  if (inner === undefined) return { single: true, count: 1 }
  checkSize('batch_out_of_range', field, 'rows', count, most)
  return { single: false, count }
}

/** [A] by agent, or [B, A], of the agents that were given. @param actions [B] of [N, A] */
export function rowsByAgent(
  actions: Float32Array[],
  { agents, single }: RowsSeen,
  { agents: all, action: { dimension: A } }: Manifest,
): Record<string, WireTensor> {
  const given = all.map(({ name }, agent) => [name, agent] as const).filter(([, agent]) => agents[agent])
  return Object.fromEntries(
    given.map(([name, agent]) => {
      const own = new Float32Array(actions.length * A)
      for (const [row, joint] of actions.entries())
        own.set(joint.subarray(agent * A, (agent + 1) * A), row * A)
      return [name, new WireTensor(own, single ? [A] : [actions.length, A])]
    }),
  )
}

const noDictionary = (given: unknown): DimaError =>
  new DimaError('invalid_request', 'observations is no dictionary by agent', {
    field: 'observations',
    expected: 'object',
    given: describe(given),
  })
