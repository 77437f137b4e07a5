// What imagination is compared with: nothing changes (persistence), what is observed in true states (the decoder's floor),
// and rewards of true states and actions.
import { mean, sum } from '../common/statistics.ts'
import type { Scores } from '../registry/scores.ts'
import type { OpenSimulator } from '../worlds/open-simulator.ts'
import { singleStarts } from '../worlds/starts.ts'
import type { Scored } from '../worlds/world.ts'
import { type Segments, sizesOf } from './held-out.ts'
import { accumulate, stepErrors } from './step-errors.ts'

/** The error of predicting that nothing changes. */
export function persistence(
  { spec }: Pick<OpenSimulator, 'spec'>,
  segments: Segments,
): Scores['persistence'] {
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

/** The observation error that is left when the true states are decoded. */
export async function decoderFloor(
  simulator: Pick<OpenSimulator, 'kind' | 'spec' | 'begin'>,
  segments: Segments,
): Promise<Scores['decoderFloor']> {
  const { kind, spec } = simulator
  const [{ choice }] = kind.choices.scored(spec) as [Scored] // which is decoded where there is something else
  const { horizon: H, agents: N, observation: O } = sizesOf(spec)
  const { observations } = await simulator.begin(singleStarts(spec, segments.states), choice)
  const errors = stepErrors(observations, segments.observations, H, N * O)
  return {
    observationL1: sum(errors) / H,
    cumulativeObservationL1: accumulate(errors),
  }
}

/** Error of the reward on true states and actions. */
export async function rewardError(
  simulator: Pick<OpenSimulator, 'spec' | 'rewards'>,
  { count, starts, states, actions, rewards: given }: Segments,
): Promise<Pick<Scores, 'rewardL1' | 'rewardSmoothL1'>> {
  const { context: L, horizon: H, state: S } = sizesOf(simulator.spec)
  const before = new Float64Array(count * H * S) // s_t, the states that the actions are taken in
  for (let row = 0; row < count; row++) {
    before.set(starts.subarray((row * L + L - 1) * S, (row + 1) * L * S), row * H * S)
    before.set(states.subarray(row * H * S, ((row + 1) * H - 1) * S), (row * H + 1) * S)
  }
  const rewards = await simulator.rewards({ batch: count, horizon: H, states: before, actions })
  const errors = Float64Array.from(rewards, (value, i) => Math.abs(value - given[i]!))
  const smooth = errors.map((e) => (e < 1 ? (e * e) / 2 : e - 0.5))
  return { rewardL1: mean(errors), rewardSmoothL1: mean(smooth) }
}
