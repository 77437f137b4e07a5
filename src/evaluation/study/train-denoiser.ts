// Trains one denoiser on one data set, and nothing else of a world model. What is trained is kept: the same call goes on
// from there.

import { presetOf } from '../../algorithms/dima/config.ts'
import type { Hyperparameters } from '../../algorithms/dima/hyperparameters.ts'
import { learningRate } from '../../algorithms/dima/schedule.ts'
import { Rng } from '../../common/rng.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import { Replay } from '../../episodes/replay/replay.ts'
import { RunningStatistics } from '../../episodes/statistics.ts'
import { createEngine } from '../../learning/engines/engine.ts'
import { Learner, type LearnerState } from '../../learning/learner.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { createDenoiser } from '../../worlds/dima/networks/denoiser.ts'
import type { DenoiserConfig } from '../../worlds/dima/networks/presets.ts'
import { denoiserBatches } from '../../worlds/dima/train/denoiser-batch.ts'
import { denoiserObjective } from '../../worlds/dima/train/denoiser-objective.ts'
import { dimensionsOf } from '../../worlds/dima/train/world-model.ts'
import { loadLearner, saveLearner } from './learner-file.ts'

/** mixed: one network for every plan (method.md 7.6); one: the paper's objective, a single agent visible (2.5). */
export type Masks = 'mixed' | 'one'

export interface DenoiserTraining {
  task: TaskSpec
  sizes: DenoiserConfig
  hyperparameters: Hyperparameters['denoiser']
  updates: number
  seed: number
}

/** Episodes with the statistics that they alone give. */
export function dataOf(episodes: readonly Episode[]): Data {
  const replay = new Replay(Number.POSITIVE_INFINITY)
  const statistics = new RunningStatistics(episodes[0]!.states.length / (episodes[0]!.length + 1))
  for (const episode of episodes) {
    replay.add(episode)
    statistics.update(episode)
  }
  return { replay, statistics }
}

export function denoiserHyperparameters(preset: PresetName, masks: Masks): Hyperparameters['denoiser'] {
  const { denoiser } = presetOf(preset)
  return masks === 'mixed' ? denoiser : { ...denoiser, oneAgentShare: 1, allAgentsShare: 0 }
}

/** Updates between two saves. */
const SAVE_EVERY = 200

export async function trainDenoiser(
  { task, sizes, hyperparameters: hyper, updates, seed }: DenoiserTraining,
  data: Data,
  file: string,
  onUpdate: (update: number, loss: number) => void = () => {},
): Promise<LearnerState> {
  const dims = dimensionsOf(task)
  const objective = denoiserObjective(createDenoiser(dims, sizes), dims, hyper)
  const draw = denoiserBatches(dims, { ...hyper, recency: [1] })
  const { clipNorm, weightDecay } = hyper
  const learner = await Learner.create(objective, { clipNorm, weightDecay, seed }, await createEngine('onnx'))
  try {
    const kept = loadLearner(file, learner.state())
    if (kept) learner.restore(kept)
    while (learner.updates < updates) {
      const done = learner.updates
      const batch = draw(data, new Rng(seed, 'denoiser', done))
      const { loss } = await learner.step(batch, learningRate(hyper, done, done / updates))
      onUpdate(done + 1, loss!)
      if ((done + 1) % SAVE_EVERY === 0 || done + 1 === updates) saveLearner(file, learner.state())
    }
    return learner.state()
  } finally {
    await learner.close()
  }
}
