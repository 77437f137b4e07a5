// Imagination error (dima.md 7.2): roll out held-out segments open loop with their recorded actions; at each step take
// the L1 error per entry, average over agents and segments, accumulate over the horizon. Beside it stand persistence
// (nothing changes) and the decoder's floor (true states, decoded).
import { tensor } from '../common/tensors.ts'
import { expandPlan } from '../inference/plan.ts'
import type { PlanRequest } from '../inference/rollout.ts'
import { openSession } from '../inference/session.ts'
import type { Simulator } from '../inference/simulator.ts'
import type { GraphName } from '../registry/load.ts'
import type { Score, Scores } from '../registry/manifest.ts'
import type { Episode } from './episode.ts'
import { drawSegments, rolloutOf, type Segments, sizesOf } from './held-out.ts'
import type { TrainedModel } from './trained-model.ts'

/** A plan to evaluate, with the name its order goes by. */
export interface EvaluatedPlan extends PlanRequest {
  label: string
}

/** Every plan, and for the paper's three orders (dima.md 7.2; 2,1,1,2 is the balanced one for two agents). */
export function plansToEvaluate(agents: number, steps: number): EvaluatedPlan[] {
  const ascending = Array.from({ length: agents }, (_, i) => i)
  const descending = ascending.toReversed()
  const balanced = steps === 2 * agents ? [...descending, ...ascending] : undefined
  return [
    { name: 'joint', order: [], label: '-' },
    { name: 'progressive', order: descending, label: 'descending' },
    { name: 'sequential', order: descending, label: 'descending' },
    { name: 'sequential', order: ascending, label: 'ascending' },
    ...(balanced ? [{ name: 'sequential' as const, order: balanced, label: 'balanced' }] : []),
  ]
}

export interface EvaluationOptions {
  episodes: Episode[]
  segments: number
  seed: number
}

export async function evaluate(
  model: TrainedModel,
  graphs: Record<GraphName, Uint8Array>,
  simulator: Simulator,
  { episodes, segments: count, seed }: EvaluationOptions,
): Promise<Scores> {
  const sizes = sizesOf(model.spec)
  const segments = drawSegments(episodes, count, seed, sizes)
  const plans: Score[] = []
  for (const plan of plansToEvaluate(sizes.agents, model.spec.sampling.sequentialSteps)) {
    plans.push(await scorePlan(model, simulator, segments, plan, seed))
  }
  return {
    episodes: episodes.length,
    segments: count,
    seed,
    plans,
    persistence: persistence(model, segments),
    decoderFloor: await decoderFloor(model, graphs.decode, segments),
    ...(await rewardError(model, graphs.reward, segments)),
  }
}

async function scorePlan(
  model: TrainedModel,
  simulator: Simulator,
  segments: Segments,
  plan: EvaluatedPlan,
  seed: number,
) {
  const sizes = sizesOf(model.spec)
  const levels = expandPlan(plan, sizes.agents, model.spec.sampling)
  const imagined = await simulator.rollout(rolloutOf(segments, sizes, plan, seed))
  const state = stepErrors(
    imagined.states,
    segments.states,
    sizes.horizon,
    sizes.state,
    model.spec.normalisation.std,
  )
  const observation = stepErrors(
    imagined.observations,
    segments.observations,
    sizes.horizon,
    sizes.agents * sizes.observation,
  )
  return {
    plan: plan.name,
    order: plan.label,
    evaluations: levels.length,
    embeddings: new Set(levels.map(({ visible }) => visible.join())).size,
    millisecondsPerStep: await timePerStep(simulator, segments, sizes, plan),
    oneStepStateL1: state[0]!,
    cumulativeStateL1: accumulate(state),
    cumulativeObservationL1: accumulate(observation),
  }
}

/** Milliseconds of one imagined joint step of one row at batch 64: the median of five rollouts. */
async function timePerStep(
  simulator: Simulator,
  segments: Segments,
  sizes: ReturnType<typeof sizesOf>,
  plan: PlanRequest,
) {
  const batch = Math.min(64, segments.count)
  const whole = rolloutOf(segments, sizes, plan, 0)
  const cut = <T extends Float64Array | Float32Array | Int32Array>(array: T) =>
    array.subarray(0, (array.length / segments.count) * batch) as T
  const rollout = {
    ...whole,
    batch,
    states: cut(whole.states),
    windows: cut(whole.windows),
    pastActions: cut(whole.pastActions),
    actions: cut(whole.actions),
  }
  const times: number[] = []
  for (let i = 0; i < 5; i++) times.push((await simulator.rollout(rollout)).computeMs)
  return times.sort((a, b) => a - b)[2]! / (batch * sizes.horizon)
}

/** Mean absolute error of every step of [B, steps, width], over rows and entries; entry s is divided by scale[s]. */
export function stepErrors(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  steps: number,
  width: number,
  scale?: readonly number[],
): number[] {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`)
  const sums = new Float64Array(steps)
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i]! - b[i]!)
    sums[Math.floor(i / width) % steps]! += scale ? error / scale[i % width]! : error
  }
  return Array.from(sums, (sum) => sum / (a.length / steps))
}

/** Running sums: the error accumulated up to every step. */
export function accumulate(errors: readonly number[]): number[] {
  let sum = 0
  return errors.map((error) => {
    sum += error
    return sum
  })
}

/** The error of predicting that nothing changes. */
function persistence({ spec }: TrainedModel, segments: Segments): Scores['persistence'] {
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
function normalised({ spec }: TrainedModel, states: Float64Array): Float32Array {
  const { mean, std } = spec.normalisation
  return Float32Array.from(states, (value, i) => (value - mean[i % mean.length]!) / std[i % mean.length]!)
}

/** The observation error that is left when the true states are decoded. */
async function decoderFloor(
  model: TrainedModel,
  graph: Uint8Array,
  segments: Segments,
): Promise<Scores['decoderFloor']> {
  const { horizon: H, agents: N, state: S, observation: O } = sizesOf(model.spec)
  const session = await openSession(graph)
  const states = tensor([segments.count * H, S], normalised(model, segments.states))
  const decoded = (await session.run({ states })).observations!.data
  await session.release()
  const errors = stepErrors(decoded, segments.observations, H, N * O)
  return {
    observationL1: errors.reduce((a, b) => a + b, 0) / H,
    cumulativeObservationL1: accumulate(errors),
  }
}

/** Error of the reward on true states and actions. */
async function rewardError(model: TrainedModel, graph: Uint8Array, segments: Segments) {
  const { context: L, horizon: H, agents: N, action: A, state: S } = sizesOf(model.spec)
  const before = new Float64Array(segments.count * H * S) // s_t, the states that the actions are taken in
  for (let row = 0; row < segments.count; row++) {
    before.set(segments.starts.subarray((row * L + L - 1) * S, (row + 1) * L * S), row * H * S)
    before.set(segments.states.subarray(row * H * S, ((row + 1) * H - 1) * S), (row * H + 1) * S)
  }
  const session = await openSession(graph)
  const { rewards } = await session.run({
    states: tensor([segments.count, H, S], normalised(model, before)),
    actions: tensor([segments.count, H, N, A], segments.actions),
  })
  await session.release()
  const errors = Float64Array.from(rewards!.data, (value, i) => Math.abs(value - segments.rewards[i]!))
  const mean = (f: (error: number) => number) => errors.reduce((sum, e) => sum + f(e), 0) / errors.length
  return { rewardL1: mean((e) => e), rewardSmoothL1: mean((e) => (e < 1 ? (e * e) / 2 : e - 0.5)) }
}
