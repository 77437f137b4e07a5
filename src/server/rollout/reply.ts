// Finished trajectories as the body of a reply.
import type { Output } from '../../api/rollout.ts'
import { DimaError } from '../../common/errors.ts'
import { type Nested, nest } from '../../common/tensors.ts'
import type { Rollout, Trajectories } from '../../inference/rollout.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { ParsedRollout } from './parse.ts'

export interface Timing {
  queue_ms: number
  compute_ms: number
  total_ms: number
}

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
    const wrong = values.findIndex((value: number) => !Number.isFinite(value))
    if (wrong < 0) continue
    const step = Math.floor(wrong / (values.length / (batch * horizon)))
    const [row, t] = [Math.floor(step / horizon), step % horizon]
    throw new DimaError('diverged', `row ${row} left the finite numbers at step ${t}`, {
      field: `actions[${row}][${t}]`,
    })
  }
}

function arrays(
  { batch, horizon }: Rollout,
  { state, observation, agents }: Manifest,
  trajectories: Trajectories,
  outputs: ReadonlySet<Output>,
): Partial<Record<Output, unknown>> {
  const table = [batch, horizon]
  const make: Record<Output, () => unknown> = {
    states: () => nest(trajectories.states, [...table, state.length]), // [B, H, S]
    observations: () => byAgent(trajectories.observations, table, agents, observation.length),
    rewards: () => nest(trajectories.rewards, table), // [B, H]
    terminations: () => flags(trajectories.terminations, table), // [B, H]
    termination_probabilities: () => nest(trajectories.terminationProbabilities, table), // [B, H]
  }
  const chosen = (Object.keys(make) as Output[]).filter((output) => outputs.has(output))
  return Object.fromEntries(chosen.map((output) => [output, make[output]()]))
}

/** [B, H, N, O] to one [B, H, O] for each agent. */
function byAgent(
  values: Float32Array,
  [batch = 0, horizon = 0]: number[],
  agents: Manifest['agents'],
  width: number,
): Record<string, Nested> {
  const at = (row: number, t: number, agent: number) => ((row * horizon + t) * agents.length + agent) * width
  const table = (agent: number) =>
    Array.from({ length: batch }, (_, row) =>
      Array.from({ length: horizon }, (_, t) => nest(values, [width], at(row, t, agent))),
    )
  return Object.fromEntries(agents.map(({ name }, agent) => [name, table(agent)]))
}

const flags = (values: Uint8Array, [batch = 0, horizon = 0]: number[]): boolean[][] =>
  Array.from({ length: batch }, (_, row) =>
    Array.from({ length: horizon }, (_, t) => values[row * horizon + t] === 1),
  )
