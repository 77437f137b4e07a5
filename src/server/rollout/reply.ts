// Finished trajectories as a reply; arrays of numbers are tensors that share the trajectories' memory where they can.
import type { Output, RolloutResponse } from '../../api/rollout.ts'
import { cutRows } from '../../common/tensors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import { WireTensor } from '../wire/tensor.ts'
import { chosenFields } from './choice.ts'
import type { ParsedRollout } from './parse.ts'
import { agentNames, modelUsed, type Reply } from './views.ts'

type Table = [batch: number, horizon: number]

export function rolloutReply(
  { bundle, kind, rollout, clipped, outputs }: ParsedRollout,
  trajectories: Trajectories,
  rest: Pick<Reply<RolloutResponse>, 'spread' | 'timing'>,
): Reply<RolloutResponse> {
  const { seed } = rollout
  return {
    model: modelUsed(bundle),
    seed,
    ...chosenFields(kind.choices.describe(rollout.choice, bundle.manifest)),
    agents: agentNames(bundle.manifest),
    ...arrays(rollout, bundle.manifest, trajectories, outputs),
    lengths: [...trajectories.lengths],
    clipped_actions: clipped,
    ...rest,
  }
}

function arrays(
  { batch, horizon, actions }: Rollout,
  manifest: Manifest,
  trajectories: Trajectories,
  outputs: ReadonlySet<Output>,
): Partial<Record<Output, unknown>> {
  const table: Table = [batch, horizon]
  const { state, observation, agents, action } = manifest
  const make: Record<Output, () => unknown> = {
    states: () => new WireTensor(trajectories.states, [...table, state.length]), // [B, H, S]
    observations: () => byAgent(trajectories.observations, table, agents, observation.length),
    rewards: () => new WireTensor(trajectories.rewards, table), // [B, H]
    terminations: () => flags(trajectories.terminations, table), // [B, H]
    termination_probabilities: () => new WireTensor(trajectories.terminationProbabilities, table), // [B, H]
    actions: () =>
      new WireTensor(trajectories.actions ?? actions, [...table, agents.length, action.dimension]),
    ood: () => new WireTensor(noveltyOf(trajectories.states, manifest), table), // [B, H]
  }
  const chosen = (Object.keys(make) as Output[]).filter((output) => outputs.has(output))
  return Object.fromEntries(chosen.map((output) => [output, make[output]()]))
}

/** [B, H, N, O] to one [B, H, O] for each agent, as long as what it observes. */
function byAgent(values: Float32Array, table: Table, agents: Manifest['agents'], O: number) {
  const rows = table[0] * table[1]
  return Object.fromEntries(
    agents.map(({ name, observed = O }, agent) => [
      name,
      new WireTensor(cutRows(values, rows, agent * O, observed), [...table, observed]),
    ]),
  )
}

const flags = (values: Uint8Array, [batch, horizon]: Table): boolean[][] =>
  Array.from({ length: batch }, (_, row) =>
    Array.from({ length: horizon }, (_, t) => values[row * horizon + t] === 1),
  )
