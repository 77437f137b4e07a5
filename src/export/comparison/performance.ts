// How one model does in the trials, row by row, so that two models can be compared row against row.

import { mean, sum } from '../../common/statistics.ts'
import { rowErrors } from '../../evaluation/step-errors.ts'
import type { OpenSimulator } from '../../worlds/open-simulator.ts'
import type { Trajectories } from '../../worlds/rollout.ts'
import type { Trial, Trials } from './trials.ts'

export interface Performance {
  /** what the model imagines by unless a request asks, in a word of its kind */
  byDefault: string
  /** state error summed over the horizon, by such words */
  stateErrors: Record<string, number[]>
  /** the rest by default: mean absolute error of the imagined rewards */
  rewardErrors: number[]
  /** probability that the model ends the episode within the horizon where the environment goes on */
  falseEnds: number[]
  falseEndsFromRest: number[]
  /** probability that it goes on where the environment ends the episode */
  missedEnds: number[] | undefined
}

/**
 * What counts at most: ten times the error of predicting that nothing changes. Further off is useless all the same, and
 * a single row that ran away, or is no number at all, must not drown the others.
 */
const MOST_PERSISTENCE = 10

/** @param scale units of the state's entries, the same for both models */
export async function perform(
  simulator: OpenSimulator,
  trials: Trials,
  scale: readonly number[],
): Promise<Performance> {
  const { choices } = simulator.kind
  const [usual, ...others] = choices.every(simulator.spec)
  const run = (trial: Trial, choice: unknown) => simulator.rollout({ ...trial.rollout, choice })
  const stateErrors: Performance['stateErrors'] = {}
  const errorsOf = ({ states }: Trajectories) => summedErrors(states, trials.segments, scale)
  const imagined = await run(trials.segments, usual)
  stateErrors[choices.label(usual)] = errorsOf(imagined)
  for (const choice of others)
    stateErrors[choices.label(choice)] = errorsOf(await run(trials.segments, choice))
  const { ends } = trials
  return {
    byDefault: choices.label(usual),
    stateErrors,
    rewardErrors: rewardErrors(imagined, trials.segments),
    falseEnds: endProbabilities(imagined),
    falseEndsFromRest: endProbabilities(await run(trials.fromRest, usual)),
    missedEnds: ends && goingOn(await run(ends, usual)).map((p) => atMost(p, 1)),
  }
}

function summedErrors(imagined: Float64Array, trial: Trial, scale: readonly number[]): number[] {
  const summed = (states: Float64Array) =>
    rowErrors(states, trial.states, trial.rollout.horizon, scale.length, scale).map(sum)
  const most = MOST_PERSISTENCE * mean(summed(persistence(trial, scale.length)))
  return summed(imagined).map((error) => atMost(error, most))
}

/** The last state of every start window, held still: [B, H, S]. */
function persistence({ rollout: { batch: B, horizon: H, states } }: Trial, S: number): Float64Array {
  const still = new Float64Array(B * H * S)
  const width = states.length / B // L S
  for (let row = 0; row < B; row++) {
    const last = states.subarray((row + 1) * width - S, (row + 1) * width)
    for (let t = 0; t < H; t++) still.set(last, (row * H + t) * S)
  }
  return still
}

function rewardErrors(
  { rewards }: Trajectories,
  { rollout: { horizon: H }, rewards: given }: Trial,
): number[] {
  const most = MOST_PERSISTENCE * (1 + mean([...given].map(Math.abs)))
  return rowErrors(rewards, given, H, 1).map((errors) => atMost(mean(errors), most))
}

/** Probability [B] of an end at any of the steps. */
const endProbabilities = (imagined: Trajectories): number[] => goingOn(imagined).map((p) => atMost(1 - p, 1))

/** Probability [B] of none. What is no number counts as the worst in either case. */
function goingOn({ terminationProbabilities: p, lengths }: Trajectories): number[] {
  const H = p.length / lengths.length
  return Array.from(lengths, (_, row) =>
    p.subarray(row * H, (row + 1) * H).reduce((product, end) => product * (1 - end), 1),
  )
}

const atMost = (value: number, most: number): number => (value <= most ? value : most) // NaN is not
