// All of a run's state, between the parts that hold it and the checkpoint.

import type { Intake } from '../../episodes/replay/intake.ts'
import type { Lanes } from '../../learning/lanes/lanes.ts'
import { NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import type { WorldModelObjectives } from '../../worlds/dima/train/world-model-objectives.ts'
import type { Behaviour } from './behaviour.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface RunParts {
  lanes: Lanes
  intake: Intake
  samplers: WorldModelObjectives['samplers']
  /** where a policy is learned */
  behaviour: Behaviour | undefined
}

export interface Progressed {
  epoch: number
  /** epochs in which the world model was trained */
  trainedEpochs: number
  /** of them, those after the last step (EpochPlan.isFinal) */
  finalEpochs: number
  /** wall-clock seconds of training so far */
  seconds: number
}

export async function gatherState(
  { lanes, intake, samplers, behaviour }: RunParts,
  { epoch, trainedEpochs, finalEpochs, seconds }: Progressed,
): Promise<Checkpoint> {
  const { mean, variance, count } = intake.statistics
  const names = [...NETWORK_NAMES, ...(behaviour ? ['actor', 'critic'] : [])]
  const states = await Promise.all(names.map((name) => lanes.learner(name).state()))
  return {
    epoch,
    finalEpochs,
    episodes: intake.episodes,
    environmentSteps: intake.steps,
    ends: intake.ends,
    seconds,
    statistics: { count, mean, variance },
    visits: { decoder: samplers.decoder.visits, reward: samplers.reward.visits },
    learners: Object.fromEntries(names.map((name, i) => [name, states[i]!])) as Checkpoint['learners'],
    ...(behaviour ? { behaviour: { ...behaviour.state, trainedEpochs } } : {}),
  }
}

export async function restoreState(
  { lanes, intake, samplers, behaviour }: RunParts,
  checkpoint: Checkpoint,
): Promise<Progressed> {
  intake.restore(checkpoint.episodes)
  Object.assign(intake.statistics, checkpoint.statistics)
  samplers.decoder.restore(checkpoint.visits.decoder, intake.replay)
  samplers.reward.restore(checkpoint.visits.reward, intake.replay)
  for (const [name, state] of Object.entries(checkpoint.learners)) await lanes.learner(name).restore(state)
  if (checkpoint.behaviour) behaviour?.restore(checkpoint.behaviour)
  const { epoch, seconds, finalEpochs = 0 } = checkpoint
  return { epoch, seconds, finalEpochs, trainedEpochs: checkpoint.behaviour?.trainedEpochs ?? 0 }
}
