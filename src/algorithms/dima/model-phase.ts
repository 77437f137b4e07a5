// An epoch's updates of the world model, as often as the epoch rule says.
import type { Data } from '../../episodes/replay/intake.ts'
import { episodeWeights } from '../../episodes/replay/rarity.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { DrawBatch } from '../../learning/objectives.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { startTermination } from '../../worlds/dima/train/termination-start.ts'
import type { NetworkName } from '../../worlds/dima/train/world-model.ts'
import type { WorldModelBatches } from '../../worlds/dima/train/world-model-batches.ts'
import { trainWorldModel } from '../../worlds/dima/train/world-model-phase.ts'
import type { Hyperparameters } from './hyperparameters.ts'
import type { Phase, RunParts } from './run-parts.ts'

export async function improveModel(
  { config, task, plan, lanes, stepsPerCall, intake, batches }: RunParts,
  { position, clock, onUpdate, signal }: Phase,
): Promise<MetricLine[]> {
  const { hyperparameters, seed } = config
  await startTermination(lanes.learner('reward'), task, config, intake.replay)
  return trainWorldModel({
    draw: timedDraws(batches.draw, clock),
    inputs: batches.inputs,
    lanes,
    hyperparameters,
    seed,
    data: position.final > 0 ? ofAllAges(intake, hyperparameters.exploration) : intake,
    epoch: position.epoch,
    rounds: plan.modelRounds(position),
    stepsPerCall,
    rate: (name, update, share) => plan.modelRate(hyperparameters[name], update, position, share),
    onUpdate: (name, loss, share) => onUpdate({ [name]: loss }, share),
    signal,
  })
}

/** For what is exported, which should know the first episodes as well as the last. */
function ofAllAges(
  { replay, statistics }: Data,
  { share, finalWindows }: Hyperparameters['exploration'],
): Data {
  if (share === 0 || finalWindows === 'recency') return { replay, statistics }
  return { replay, statistics, recency: episodeWeights(replay.episodes, statistics, finalWindows) }
}

/** How long this thread draws for each network is a part of the phase. */
function timedDraws(draw: WorldModelBatches['draw'], clock: PhaseClock): WorldModelBatches['draw'] {
  const timed = (name: NetworkName): DrawBatch => {
    return (data, rng, into) => clock.part(`${name}_draw`, () => draw[name](data, rng, into))
  }
  return { decoder: timed('decoder'), denoiser: timed('denoiser'), reward: timed('reward') }
}
