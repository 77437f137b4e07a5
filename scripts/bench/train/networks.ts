// The networks whose train steps are measured, with their training settings and a batch to train on: real episodes for
// those of the world model, one batch of random numbers for actor and critic.

import { presetOf } from '../../../src/algorithms/dima/config.ts'
import { policyRecipes } from '../../../src/algorithms/policy/policy-recipes.ts'
import { Rng } from '../../../src/common/rng.ts'
import { type Feeds, sizeOf, tensor } from '../../../src/common/tensors.ts'
import { makeEnv, taskSpec } from '../../../src/env/make-env.ts'
import { collectEpisode, gaussianPolicy } from '../../../src/episodes/replay/collect.ts'
import type { Data } from '../../../src/episodes/replay/intake.ts'
import { Replay } from '../../../src/episodes/replay/replay.ts'
import { RunningStatistics } from '../../../src/episodes/statistics.ts'
import type { Objective } from '../../../src/learning/objectives.ts'
import { DIMA_POLICY, type PresetName } from '../../../src/networks/policy-sizes.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/dima/networks/presets.ts'
import { dimensionsOf, NETWORK_NAMES } from '../../../src/worlds/dima/train/world-model.ts'
import { worldModelBatches } from '../../../src/worlds/dima/train/world-model-batches.ts'
import { worldModelObjectives } from '../../../src/worlds/dima/train/world-model-objectives.ts'

export const TASK = 'HalfCheetah-2x3'
const EPISODES = 3
export const DIMENSIONS = dimensionsOf(taskSpec(TASK))

export interface BenchTraining {
  batch: number
  learningRate: number
  clipNorm: number
  weightDecay: number
  /** of AdamW; 1e-8 without */
  epsilon?: number
}

export interface BenchNetwork {
  objective: Objective
  /** its sizes */
  config: object
  training: BenchTraining
  /** @param into zeros of the batch's shapes to fill, or new ones */
  batch(rng: Rng, into?: Feeds): Feeds
}

export async function collect(): Promise<Data> {
  const env = await makeEnv(TASK)
  const data = { replay: new Replay(1e6), statistics: new RunningStatistics(DIMENSIONS.state) }
  for (let i = 0; i < EPISODES; i++) {
    const episode = collectEpisode(env, gaussianPolicy(env, 0.3655), 1, 'bench', i)
    data.replay.add(episode)
    data.statistics.update(episode)
  }
  env.close()
  return data
}

export function worldModelNetworks(preset: PresetName, data: Data): BenchNetwork[] {
  const networks = NETWORK_PRESETS[preset]
  const hyperparameters = presetOf(preset, 'dima')
  const task = taskSpec(TASK)
  const objectives = worldModelObjectives(task, { networks, hyperparameters })
  const { draw } = worldModelBatches(task, { networks, hyperparameters })
  return NETWORK_NAMES.map((name) => ({
    objective: objectives[name](),
    config: networks[name],
    training: hyperparameters[name],
    batch: (rng, into) => draw[name](data, rng, into),
  }))
}

/** On one minibatch of imagined steps. */
export function policyNetworks(preset: PresetName): BenchNetwork[] {
  const { behaviour } = presetOf(preset, 'dima')
  const samples = Math.floor((behaviour.rollouts * DIMENSIONS.horizon) / behaviour.minibatches)
  const config = { policy: DIMA_POLICY, hyperparameters: { behaviour } }
  const recipes = policyRecipes(taskSpec(TASK), config, samples, 'behaviour.learningRate')
  return (['actor', 'critic'] as const).map((name) => {
    const { objective, ...options } = recipes[name]()
    const drawn = randomBatch(objective)
    return {
      objective,
      config: DIMA_POLICY[name],
      training: { ...behaviour, ...options, batch: samples },
      batch: () => drawn,
    }
  })
}

const randomBatch = ({ name, inputs }: Objective): Feeds => {
  const rng = new Rng(name)
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [name, tensor(shape, rng.normals(sizeOf(shape)))]),
  )
}
