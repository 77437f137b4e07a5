// A plan in the words of the wire.
import type { PlanReply } from '../../api/plan.ts'
import type { Timing } from '../../api/shapes.ts'
import type { Plan } from '../../inference/planning/planner.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import { chosenFields } from '../rollout/choice.ts'
import { agentNames, modelUsed, type Reply, vector } from '../rollout/views.ts'
import { WireTensor } from '../wire/tensor.ts'
import type { ParsedPlan } from './parse.ts'

export function planReply(
  { bundle, kind, problem, search, clipped }: ParsedPlan,
  { actions, worth, states, distribution, elites, stopped, imaginedSteps }: Plan,
  timing: Timing,
): Reply<PlanReply> {
  const { manifest } = bundle
  const { horizon: H, seed, choice } = problem
  const [N, A] = [manifest.agents.length, manifest.action.dimension]
  const sequence = (data: Float32Array | Float64Array) => new WireTensor(data, [H, N, A])
  const first = manifest.agents.map(({ name }, agent) => [
    name,
    vector(actions.subarray(agent * A, (agent + 1) * A)),
  ])
  return {
    model: modelUsed(bundle),
    seed,
    ...chosenFields(kind.choices.describe(choice, manifest)),
    method: search.method,
    horizon: H,
    agents: agentNames(manifest),
    actions: sequence(actions),
    first: Object.fromEntries(first),
    expected_return: worth?.expected ?? null,
    return_deviation: worth?.deviation ?? null,
    terminal_value: worth?.terminal ?? null,
    penalties: worth?.penalties ?? null,
    states: states ? new WireTensor(states, [H, manifest.state.length]) : null,
    ood: states ? vector(noveltyOf(states, manifest)) : null,
    mean: sequence(distribution.mean),
    std: sequence(distribution.std),
    warm_start: {
      mean: sequence(distribution.mean),
      elites: new WireTensor(elites, [elites.length / (H * N * A), H, N, A]),
    },
    clipped_actions: clipped,
    imagined_steps: imaginedSteps,
    stopped,
    timing,
  }
}
