// A run's state but for how far it is, between the parts that hold it and the checkpoint.
import type { EpochsDone } from '../../runs/epoch-loop.ts'
import { NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { RunParts } from './run-parts.ts'

export async function gatherState(
  { lanes, intake, batches: { samplers }, behaviour }: RunParts,
  { trained, final }: { trained: number; final: number },
): Promise<Omit<Checkpoint, keyof EpochsDone>> {
  const { mean, variance, count } = intake.statistics
  const names = [...NETWORK_NAMES, ...(behaviour ? ['actor', 'critic'] : [])]
  const states = await Promise.all(names.map((name) => lanes.learner(name).state()))
  return {
    finalEpochs: final,
    episodes: intake.episodes,
    ends: intake.ends,
    statistics: { count, mean, variance },
    visits: { decoder: samplers.decoder.visits, reward: samplers.reward.visits },
    learners: Object.fromEntries(names.map((name, i) => [name, states[i]!])) as Checkpoint['learners'],
    ...(behaviour ? { behaviour: { ...behaviour.state, trainedEpochs: trained } } : {}),
  }
}

export async function restoreState(
  { lanes, intake, batches: { samplers }, behaviour }: RunParts,
  checkpoint: Checkpoint,
): Promise<void> {
  intake.restore(checkpoint.episodes)
  Object.assign(intake.statistics, checkpoint.statistics)
  samplers.decoder.restore(checkpoint.visits.decoder, intake.replay)
  samplers.reward.restore(checkpoint.visits.reward, intake.replay)
  for (const [name, state] of Object.entries(checkpoint.learners)) await lanes.learner(name).restore(state)
  if (checkpoint.behaviour) behaviour?.restore(checkpoint.behaviour)
}
