// Finished trajectories as the body of a reply.
import type { Output } from '../../api/rollout.ts'
import { DimaError } from '../../common/errors.ts'
import { nest } from '../../common/tensors.ts'
import type { Rollout, Trajectories } from '../../inference/simulator/rollout.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { ParsedRollout } from './parse.ts'

export interface Timing {
  queue_ms: number
  compute_ms: number
  total_ms: number
}

type Table = [batch: number, horizon: number]

export function rolloutReply(parsed: ParsedRollout, trajectories: Trajectories, timing: Timing) {
  const { bundle, rollout, outputs } = parsed
  const { name, version, digest, manifest } = bundle
  const agents = manifest.agents.map((agent) => agent.name)
  const { plan, seed } = rollout
  return {
    model: { name, version, digest },
    seed,
    plan: plan.name,
    order: plan.name === 'joint' ? null : plan.order.map((agent) => agents[agent]!),
    agents,
    ...arrays(rollout, manifest, trajectories, outputs),
    lengths: [...trajectories.lengths],
    timing,
  }
}

/** JSON has no NaN (it would become null), so a trajectory that left the finite numbers is an error of its own. */
export function checkFinite({ batch, horizon }: Rollout, trajectories: Trajectories): void {
  for (const name of ['states', 'observations', 'rewards', 'terminationProbabilities'] as const) {
    const values = trajectories[name]
    const wrong = firstNotFinite(values)
    if (wrong < 0) continue
    const step = Math.floor(wrong / (values.length / (batch * horizon)))
    const [row, t] = [Math.floor(step / horizon), step % horizon]
    throw new DimaError('diverged', `row ${row} left the finite numbers at step ${t}`, {
      field: `actions[${row}][${t}]`,
    })
  }
}

function firstNotFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i
  return -1
}

function arrays(
  { batch, horizon }: Rollout,
  { state, observation, agents, action }: Manifest,
  trajectories: Trajectories,
  outputs: ReadonlySet<Output>,
): Partial<Record<Output, unknown>> {
  const table: Table = [batch, horizon]
  const make: Record<Output, () => unknown> = {
    states: () => vectors(trajectories.states, table, state.length), // [B, H, S]
    observations: () => byAgent(trajectories.observations, table, agents, observation.length),
    rewards: () => nest(trajectories.rewards, table), // [B, H]
    terminations: () => flags(trajectories.terminations, table), // [B, H]
    termination_probabilities: () => nest(trajectories.terminationProbabilities, table), // [B, H]
    actions: () =>
      nest(trajectories.actions ?? new Float32Array(), [...table, agents.length, action.dimension]),
  }
  const chosen = (Object.keys(make) as Output[]).filter((output) => outputs.has(output))
  return Object.fromEntries(chosen.map((output) => [output, make[output]()]))
}

/** [B, H, N, O] to one [B, H, O] for each agent. */
function byAgent(
  values: Float32Array,
  [batch, horizon]: Table,
  agents: Manifest['agents'],
  width: number,
): Record<string, number[][][]> {
  const stride = agents.length * width
  return Object.fromEntries(
    agents.map(({ name }, agent) => [name, vectors(values, [batch, horizon], width, agent * width, stride)]),
  )
}

/** [B, H, width], where each next vector begins `stride` numbers later. Plain loops: most of a reply is made here. */
function vectors(
  values: Float32Array | Float64Array,
  [batch, horizon]: Table,
  width: number,
  offset = 0,
  stride = width,
): number[][][] {
  let at = offset
  const next = (): number[] => {
    const vector: number[] = []
    for (let i = 0; i < width; i++) vector.push(values[at + i]!)
    at += stride
    return vector
  }
  return Array.from({ length: batch }, () => Array.from({ length: horizon }, next))
}

const flags = (values: Uint8Array, [batch, horizon]: Table): boolean[][] =>
  Array.from({ length: batch }, (_, row) =>
    Array.from({ length: horizon }, (_, t) => values[row * horizon + t] === 1),
  )
