// What imagination is compared with: nothing changes (persistence), true states decoded (the decoder's floor), and the
// reward model on true states and actions.
import { mean, sum } from '../common/statistics.ts'
import { tensor } from '../common/tensors.ts'
import { openGraphSession } from '../engine/session.ts'
import type { Scores } from '../registry/manifest.ts'
import type { TrainedModel } from '../runs/trained-model.ts'
import { type Segments, sizesOf } from './held-out.ts'
import { accumulate, stepErrors } from './step-errors.ts'

/** The error of predicting that nothing changes. */
export function persistence({ spec }: Pick<TrainedModel, 'spec'>, segments: Segments): Scores['persistence'] {
  const { context: L, horizon: H, agents: N, state: S, observation: O } = sizesOf(spec)
  const states = new Float64Array(segments.states.length)
  const observations = new Float32Array(segments.observations.length)
  for (let row = 0; row < segments.count; row++) {
    const last = segments.starts.subarray((row * L + L - 1) * S, (row + 1) * L * S)
    const seen = segments.startObservations.subarray(row * N * O, (row + 1) * N * O)
    for (let t = 0; t < H; t++) {
      states.set(last, (row * H + t) * S)
      observations.set(seen, (row * H + t) * N * O)
    }
  }
  const state = stepErrors(states, segments.states, H, S, spec.normalisation.std)
  return {
    oneStepStateL1: state[0]!,
    cumulativeStateL1: accumulate(state),
    cumulativeObservationL1: accumulate(stepErrors(observations, segments.observations, H, N * O)),
  }
}

/** States [count, S] in the model's units (s - mean) / std. */
function normalised({ spec }: Pick<TrainedModel, 'spec'>, states: Float64Array): Float32Array {
  const { mean, std } = spec.normalisation
  return Float32Array.from(states, (value, i) => (value - mean[i % mean.length]!) / std[i % mean.length]!)
}

/** The observation error that is left when the true states are decoded. */
export async function decoderFloor(
  model: Pick<TrainedModel, 'spec'>,
  graph: Uint8Array,
  segments: Segments,
): Promise<Scores['decoderFloor']> {
  const { horizon: H, agents: N, state: S, observation: O } = sizesOf(model.spec)
  const session = await openGraphSession(graph)
  const states = tensor([segments.count * H, S], normalised(model, segments.states))
  const decoded = (await session.run({ states })).observations!.data
  await session.release()
  const errors = stepErrors(decoded, segments.observations, H, N * O)
  return {
    observationL1: sum(errors) / H,
    cumulativeObservationL1: accumulate(errors),
  }
}

/** Error of the reward on true states and actions. */
export async function rewardError(model: Pick<TrainedModel, 'spec'>, graph: Uint8Array, segments: Segments) {
  const { context: L, horizon: H, agents: N, action: A, state: S } = sizesOf(model.spec)
  const before = new Float64Array(segments.count * H * S) // s_t, the states that the actions are taken in
  for (let row = 0; row < segments.count; row++) {
    before.set(segments.starts.subarray((row * L + L - 1) * S, (row + 1) * L * S), row * H * S)
    before.set(segments.states.subarray(row * H * S, ((row + 1) * H - 1) * S), (row * H + 1) * S)
  }
  const session = await openGraphSession(graph)
  const { rewards } = await session.run({
    states: tensor([segments.count, H, S], normalised(model, before)),
    actions: tensor([segments.count, H, N, A], segments.actions),
  })
  await session.release()
  const errors = Float64Array.from(rewards!.data, (value, i) => Math.abs(value - segments.rewards[i]!))
  const smooth = errors.map((e) => (e < 1 ? (e * e) / 2 : e - 0.5))
  return { rewardL1: mean(errors), rewardSmoothL1: mean(smooth) }
}
