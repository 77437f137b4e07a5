// The networks whose train steps are measured, with their training settings and a batch to train on: real episodes for
// those of the world model, one batch of random numbers for actor and critic.
import { parseConfig } from '../src/common/config.ts'
import { Rng } from '../src/common/rng.ts'
import { type NamedTensors, sizeOf, tensor } from '../src/common/tensors.ts'
import { makeEnv, taskSpec } from '../src/env/make-env.ts'
import { createActor } from '../src/networks/actor.ts'
import { createCritic } from '../src/networks/critic.ts'
import { DIMA_POLICY, NETWORK_PRESETS, type PresetName } from '../src/networks/presets.ts'
import { actorObjective } from '../src/training/behaviour/actor-objective.ts'
import { criticObjective } from '../src/training/behaviour/critic-objective.ts'
import { collectEpisode, gaussianPolicy } from '../src/training/collect.ts'
import { Hyperparameters, TRAINING_PRESETS } from '../src/training/hyperparameters.ts'
import type { Data, Objective } from '../src/training/objectives.ts'
import { Replay } from '../src/training/replay.ts'
import { RunningStatistics } from '../src/training/statistics.ts'
import { dimensionsOf, NETWORK_NAMES } from '../src/training/world-model.ts'
import { createObjectives } from '../src/training/world-model-objectives.ts'

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
  const hyperparameters = parseConfig(Hyperparameters, TRAINING_PRESETS[preset])
  const { objectives } = createObjectives(taskSpec(TASK), { networks, hyperparameters })
  return NETWORK_NAMES.map((name) => ({
    objective: objectives[name],
    config: networks[name],
    training: hyperparameters[name],
    batch: (rng) => objectives[name].batch(data, rng),
  }))
}

/** One minibatch of 600 rollouts of 15 steps, the losses' settings (dima.md 4.2, 4.3). */
const PPO = { batch: 9000, learningRate: 5e-4, clipNorm: 10, weightDecay: 0, epsilon: 1e-5 }
const ACTOR_LOSS = { clip: 0.1, entropy: 0.001 }
const CRITIC_LOSS = { clip: 0.1, huberDelta: 10 }

export function policyNetworks(): BenchNetwork[] {
  const { actor, critic } = DIMA_POLICY
  const { state } = DIMENSIONS
  const policy = createActor(DIMENSIONS, actor)
  const value = createCritic(state, critic)
  return [
    {
      objective: actorObjective(policy, DIMENSIONS, PPO.batch, ACTOR_LOSS),
      config: actor,
      training: { ...PPO, ...ACTOR_LOSS },
    },
    {
      objective: criticObjective(value, state, PPO.batch, CRITIC_LOSS),
      config: critic,
      training: { ...PPO, ...CRITIC_LOSS },
    },
  ].map((network) => {
    const batch = randomBatch(network.objective)
    return { ...network, batch: () => batch }
  })
}

const randomBatch = ({ name, inputs }: Objective): NamedTensors => {
  const rng = new Rng(name)
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [name, tensor(shape, rng.normals(sizeOf(shape)))]),
  )
}
