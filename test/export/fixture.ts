// A trained model as a run folder would give it, of the debug preset and with random weights.

import type { DimaModel } from '../../src/algorithms/dima/trained-model.ts'
import { taskSpec } from '../../src/env/make-env.ts'
import type { BodyTree } from '../../src/env/mujoco/body-tree.ts'
import { bundleFiles, bundleManifest } from '../../src/export/bundle.ts'
import { compileGraphs } from '../../src/graph/serving-graph.ts'
import type { Bundle } from '../../src/registry/load.ts'
import type { Start } from '../../src/registry/manifest.ts'
import { publish } from '../../src/registry/publish.ts'
import type { Distillation, PolicyScores, Scores } from '../../src/registry/scores.ts'
import type { TrainedModel } from '../../src/runs/trained-model.ts'
import { servingGraphs } from '../../src/worlds/dima/train/serving-graphs.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { specOf } from '../inference/fixture.ts'
import { manifest, modelsFolder } from '../registry/fixture.ts'
import { debug, dims, randomModel } from '../worlds/dima/random-model.ts'

export function trainedModel({ policy = false, perceives = false } = {}): DimaModel {
  const task = taskSpec('HalfCheetah-2x3')
  const { networks, weights } = randomModel(debug, { policy })
  const { state: S, observation: O, agents: N, action: A, horizon: H, context: L } = dims
  return {
    task,
    networks,
    weights,
    graphs: servingGraphs(
      networks,
      dims,
      debug.denoiser.conditioning,
      perceives ? 'standardised' : undefined,
    ),
    spec: { ...specOf({ S, O, N, A, H, L }), ...(perceives ? { perceives: true } : {}) },
    record: {
      config: {
        algorithm: policy ? 'dima' : 'world-model',
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
    weightType: 'float16',
    environmentSteps: 100,
    seconds: 1,
    updates: { decoder: 3, denoiser: 3, reward: 3, ...(policy ? { actor: 5, critic: 6 } : {}) },
    hyperparameters: {
      networks: debug,
      training: { policyStd: 0.5 },
      ...(policy ? { policy: { actor: { width: 8, layers: 1 } } } : {}),
    },
  } as unknown as DimaModel
}

export const starts: Start[] = [{ states: [Array(17).fill(0.25)], actions: [] }]

/** The fixture's, for as many steps as the model imagines. */
const { scores: brief } = manifest('cheetah', '1')
const errors = Array(15).fill(0.1)
const byStep = {
  cumulativeStateL1: errors,
  medianCumulativeStateL1: errors,
  cumulativeObservationL1: errors,
}
const scores: Scores = {
  ...brief,
  plans: brief.plans.map((plan) => ({ ...plan, ...byStep })),
  persistence: { oneStepStateL1: 1, cumulativeStateL1: errors, cumulativeObservationL1: errors },
  decoderFloor: { observationL1: 0.1, cumulativeObservationL1: errors },
}

const returns = { episodes: 10, mean: 2490.12, std: 13, min: 2450, max: 2510 }
export const policyScores: PolicyScores = {
  meanActions: returns,
  sampledActions: { ...returns, episodes: 40, mean: 2200 },
  imaginedReward: 2.5,
  realReward: 2.25,
  rewardRelativeError: 0.111,
}

interface Published {
  policy?: boolean
  models?: string | undefined
  reward?: string | undefined
  distilled?: Distillation | undefined
  body?: BodyTree
}

/** A debug model of random weights, the same ones each time. */
export async function published(
  policy: boolean,
  models?: string,
  { reward, perceives = false, ...spec }: { reward?: string; terminates?: false; perceives?: boolean } = {},
): Promise<Bundle> {
  const model = trainedModel({ policy, perceives })
  Object.assign(model.spec, spec)
  return publishedModel(model, { policy, models, reward })
}

export async function publishedModel(
  model: TrainedModel,
  { policy = false, models, reward, distilled, body }: Published = {},
): Promise<Bundle> {
  const parts = {
    ...(reward && { reward }),
    name: 'cheetah',
    model,
    graphs: compileGraphs(model),
    scores: policy ? { ...scores, weights: 'float16' as const, policy: policyScores } : scores,
    distilled,
    body,
    learningCurve: policy ? '<svg/>' : undefined,
    examples: [],
    starts: { starts },
    createdAt: '2026-11-22T00:00:00Z',
  }
  const files = bundleFiles(parts)
  const folder = models ?? (await modelsFolder())
  return publish(folder, KINDS, 'cheetah', files, (version) => bundleManifest(parts, files, version))
}
