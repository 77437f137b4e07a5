// Where the termination head begins: at the rate of ends in the data. From even odds, as its other weights would have it,
// a model that learns for a short time ends every episode after a step or two.
import type { TaskSpec } from '../../../env/task-spec.ts'
import { endsOf } from '../../../episodes/replay/episode.ts'
import type { Replay } from '../../../episodes/replay/replay.ts'
import { type Bucket, planBuckets, unpackBuckets } from '../../../graph/train-step.ts'
import type { Trains } from '../../../learning/lanes/trains.ts'
import { createRewardModel, TERMINATION_BIAS } from '../networks/reward-model.ts'
import type { WorldModelConfig } from './hyperparameters.ts'
import { dimensionsOf } from './world-model.ts'

/** Of transitions whose number of ends may be 0 or all: Jeffreys' estimate, never 0 or 1. */
export const endRate = (ends: number, steps: number): number => (ends + 0.5) / (steps + 1)

/** Before the head's first update only: a run that goes on has learned a better bias. */
export async function startTermination(
  learner: Trains,
  task: TaskSpec,
  { networks, hyperparameters }: WorldModelConfig,
  replay: Replay,
): Promise<void> {
  if (learner.updates > 0) return
  const { a: _, ...state } = await learner.state() // an average begins at what is set here
  const p = state.p.map((bucket) => bucket.slice())
  const rate = endRate(endsOf(replay.episodes, hyperparameters.timeLimitIsEnd), replay.size)
  const { parameters } = createRewardModel(dimensionsOf(task), networks.reward)
  setBias(planBuckets(parameters), p, Math.log(rate / (1 - rate)))
  await learner.restore({ ...state, p })
}

/** @param difference of the logits {continue, end} */
function setBias(buckets: Bucket[], p: Float32Array[], difference: number): void {
  unpackBuckets(buckets, p)
    .get(TERMINATION_BIAS)!
    .set([-difference / 2, difference / 2])
}
