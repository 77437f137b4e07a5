// The networks whose train steps are measured, with their training settings and a batch to train on: real episodes for
// those of the world model, one batch of random numbers for actor and critic.
import { Rng } from '../src/common/rng.ts'
import { type NamedTensors, sizeOf, tensor } from '../src/common/tensors.ts'
import { makeEnv, taskSpec } from '../src/env/make-env.ts'
import { DIMA_POLICY, NETWORK_PRESETS, type PresetName } from '../src/networks/presets.ts'
import { policyPlans } from '../src/training/behaviour/policy-plans.ts'
import type { Data, Objective } from '../src/training/learning/objectives.ts'
import { collectEpisode, gaussianPolicy } from '../src/training/replay/collect.ts'
import { Replay } from '../src/training/replay/replay.ts'
import { presetOf } from '../src/training/run/train-config.ts'
import { RunningStatistics } from '../src/training/world-model/statistics.ts'
import { dimensionsOf, NETWORK_NAMES } from '../src/training/world-model/world-model.ts'
import { createObjectives } from '../src/training/world-model/world-model-objectives.ts'

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
  batch(rng: Rng): NamedTensors
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
  const { objectives } = createObjectives(taskSpec(TASK), { networks, hyperparameters })
  return NETWORK_NAMES.map((name) => ({
    objective: objectives[name],
    config: networks[name],
    training: hyperparameters[name],
    batch: (rng) => objectives[name].batch(data, rng),
  }))
}

/** On one minibatch of imagined steps. */
export function policyNetworks(preset: PresetName): BenchNetwork[] {
  const { behaviour } = presetOf(preset, 'dima')
  const samples = Math.floor((behaviour.rollouts * DIMENSIONS.horizon) / behaviour.minibatches)
  const config = { policy: DIMA_POLICY, hyperparameters: { behaviour } }
  const plans = policyPlans(taskSpec(TASK), config, samples, 'behaviour.learningRate')
  return (['actor', 'critic'] as const).map((name) => {
    const { objective, ...options } = plans[name]()
    const drawn = randomBatch(objective)
    return {
      objective,
      config: DIMA_POLICY[name],
      training: { ...behaviour, ...options, batch: samples },
      batch: () => drawn,
    }
  })
}

const randomBatch = ({ name, inputs }: Objective): NamedTensors => {
  const rng = new Rng(name)
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [name, tensor(shape, rng.normals(sizeOf(shape)))]),
  )
}
