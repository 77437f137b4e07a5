// A trained model as a run folder would give it, of the debug preset and with random weights.
import { taskSpec } from '../../src/env/make-env.ts'
import { NETWORK_PRESETS } from '../../src/networks/presets.ts'
import { servingGraphs } from '../../src/training/world-model/serving-graphs.ts'
import type { TrainedModel } from '../../src/training/world-model/trained-model.ts'
import { dimensionsOf, type Networks } from '../../src/training/world-model/world-model.ts'
import { specOf } from '../inference/fixture.ts'
import { tinyPolicy } from '../inference/policy.ts'
import { randomModel, randomWeights } from '../networks/fixture.ts'

export function trainedModel({ policy = false } = {}): TrainedModel {
  const task = taskSpec('HalfCheetah-2x3')
  const dims = dimensionsOf(task)
  const config = NETWORK_PRESETS.debug
  const { networks: world, weights } = randomModel(config, dims)
  const networks: Networks = { ...world, ...(policy ? { policy: tinyPolicy(dims) } : {}) }
  if (networks.policy) weights.policy = randomWeights(networks.policy.parameters)
  const { state: S, observation: O, agents: N, action: A, horizon: H, context: L } = dims
  const learner = { updates: 3 }
  return {
    task,
    networks,
    weights,
    graphs: servingGraphs(networks, dims, config.denoiser.conditioning),
    spec: specOf({ S, O, N, A, H, L }),
    record: {
      config: {
        algorithm: policy ? 'dima' : 'world-model',
        networks: config,
        policy: { actor: { width: 8, layers: 1 } },
        hyperparameters: { policyStd: 0.5 },
        preset: 'debug',
        seed: 1,
      },
      task,
      origin: { kind: 'environment' },
      command: 'train --preset debug',
      commit: 'unknown',
      startedAt: '2026-11-22T00:00:00Z',
    },
    checkpoint: {
      environmentSteps: 100,
      seconds: 1,
      learners: {
        decoder: learner,
        denoiser: learner,
        reward: learner,
        ...(policy ? { actor: { updates: 5 }, critic: { updates: 6 } } : {}),
      },
    },
  } as unknown as TrainedModel
}
