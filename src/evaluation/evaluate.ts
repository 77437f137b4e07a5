// Imagination error (method.md 7.2): roll out held-out segments open loop with their recorded actions; at each step take
// the L1 error per entry, average over agents and segments, accumulate over the horizon. Beside it stand persistence
// (nothing changes) and the decoder's floor (what it observes in true states), and of a run with a policy how good that is.
import { DimaError } from '../common/errors.ts'
import { lostNumber } from '../common/finite.ts'
import { median } from '../common/statistics.ts'
import type { Episode } from '../episodes/replay/episode.ts'
import type { Score, Scores } from '../registry/scores.ts'
import type { OpenSimulator } from '../worlds/open-simulator.ts'
import { splitRows } from '../worlds/rows.ts'
import type { Scored } from '../worlds/world.ts'
import { decoderFloor, persistence, rewardError } from './baselines.ts'
import { drawSegments, rolloutOf, type Segments, sizesOf } from './held-out.ts'
import { scorePolicy } from './policy-scores.ts'
import { accumulate, medianAccumulated, rowErrors, stepErrors } from './step-errors.ts'

export interface EvaluationOptions {
  episodes: Episode[]
  segments: number
  seed: number
  /** of the model's policy with mean actions; then `episodes` are of the same policy with sampled ones */
  meanActionEpisodes?: Episode[]
}

/** DimaError `not_finite` where the model's numbers explode: such scores would say nothing, and JSON has none. */
export async function evaluate(
  simulator: OpenSimulator,
  { episodes, segments: count, seed, meanActionEpisodes: mean }: EvaluationOptions,
): Promise<Scores> {
  const { kind, spec } = simulator
  const segments = drawSegments(episodes, count, seed, sizesOf(spec))
  const plans: Score[] = []
  for (const scored of kind.choices.scored(spec))
    plans.push(await scoreChoice(simulator, segments, scored, seed))
  const policy =
    mean && (await scorePolicy(simulator, { mean, sampled: episodes }, { segments: count, seed }))
  const scores = {
    episodes: episodes.length,
    segments: count,
    seed,
    plans,
    persistence: persistence(simulator, segments),
    decoderFloor: await decoderFloor(simulator, segments),
    ...(await rewardError(simulator, segments)),
    ...(policy ? { policy } : {}),
  }
  demandFinite(scores)
  return scores
}

function demandFinite(scores: Scores): void {
  const lost = lostNumber(scores)
  if (!lost) return
  const why = 'the model imagines numbers that are not finite; train it longer or with a lower learning rate'
  throw new DimaError('not_finite', `the score ${lost.place} is ${lost.value}: ${why}`, {
    field: lost.place,
    given: String(lost.value),
  })
}

async function scoreChoice(
  simulator: OpenSimulator,
  segments: Segments,
  { choice, ...named }: Scored,
  seed: number,
) {
  const sizes = sizesOf(simulator.spec)
  const imagined = await simulator.rollout(rolloutOf(segments, sizes, choice, seed))
  const { std } = simulator.spec.normalisation
  const states = [imagined.states, segments.states, sizes.horizon, sizes.state, std] as const
  const state = stepErrors(...states)
  const observation = stepErrors(
    imagined.observations,
    segments.observations,
    sizes.horizon,
    sizes.agents * sizes.observation,
  )
  return {
    ...named,
    millisecondsPerStep: await timePerStep(simulator, segments, sizes, choice),
    oneStepStateL1: state[0]!,
    cumulativeStateL1: accumulate(state),
    medianCumulativeStateL1: medianAccumulated(rowErrors(...states)),
    cumulativeObservationL1: accumulate(observation),
  }
}

/** Milliseconds of one imagined joint step of one row at batch 64: the median of five rollouts. */
async function timePerStep(
  simulator: OpenSimulator,
  segments: Segments,
  sizes: ReturnType<typeof sizesOf>,
  choice: unknown,
) {
  const rollout = splitRows(rolloutOf(segments, sizes, choice, 0), 64)[0]!
  const times: number[] = []
  for (let i = 0; i < 5; i++) times.push((await simulator.rollout(rollout)).computeMs)
  return median(times) / (rollout.batch * sizes.horizon)
}
