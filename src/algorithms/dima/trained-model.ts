// The world model that a run of DIMA, or of its world model alone, has trained: weights, statistics, and the serving graphs
// that they become.
import { DimaError } from '../../common/errors.ts'
import type { Parameter } from '../../common/parameters.ts'
import { closedFormOf } from '../../env/closed-form.ts'
import { isEnd } from '../../episodes/replay/episode.ts'
import type { ServingGraph } from '../../graph/serving-graph.ts'
import { planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import { type LearnerState, servedOf } from '../../learning/learner.ts'
import { createActor } from '../../networks/actor.ts'
import { createCritic } from '../../networks/critic.ts'
import { type ValueUnits, valueGraph } from '../../networks/value-graph.ts'
import { RunFolder, type RunRecord } from '../../runs/run-folder.ts'
import { demandFinite, type StoredRun, type TrainedModel } from '../../runs/trained-model.ts'
import type { DimaSpec, PerGraph } from '../../worlds/dima/serve/manifest.ts'
import { simulatorSpec } from '../../worlds/dima/train/imagination.ts'
import { servingGraphs } from '../../worlds/dima/train/serving-graphs.ts'
import {
  createNetworks,
  dimensionsOf,
  NETWORK_NAMES,
  type Networks,
  type WorldModelWeights,
} from '../../worlds/dima/train/world-model.ts'
import { ValueNormaliser } from '../policy/value-normaliser.ts'
import { type Checkpoint, updatesOf } from './checkpoint.ts'
import type { DimaConfig } from './config.ts'

export interface DimaModel extends TrainedModel {
  record: RunRecord<DimaConfig>
  checkpoint: Checkpoint
  networks: Networks
  weights: WorldModelWeights
  graphs: PerGraph<ServingGraph>
  spec: DimaSpec
}

/** DimaError `not_finite` where the run diverged. */
export function trainedModel({ path, record, checkpoint: stored }: StoredRun<DimaConfig>): DimaModel {
  const checkpoint = stored as Checkpoint
  const { task, config } = record
  const dims = dimensionsOf(task)
  const networks: Networks = createNetworks(dims, config.networks)
  if (checkpoint.learners.actor) networks.policy = createActor(dims, config.policy.actor)
  if (checkpoint.learners.critic && checkpoint.behaviour)
    networks.value = createCritic(dims.state, config.policy.critic)
  const weights = weightsOf(networks, checkpoint)
  demandFinite(path, { ...weights, statistics: new Map(Object.entries(checkpoint.statistics)) })
  const ends = checkpoint.ends ?? recordedEnds(path, checkpoint, config)
  // What the policy imagines by is what a bundle does unless asked.
  const spec = simulatorSpec(task, { ...checkpoint, ends }, config.hyperparameters.behaviour.plan)
  const form = record.origin.kind === 'environment' ? closedFormOf(task) : undefined
  return {
    record,
    task,
    checkpoint,
    networks,
    weights,
    graphs: {
      ...servingGraphs(networks, dims, config.networks.denoiser.conditioning, form),
      ...(networks.value ? { value: valueGraph(networks.value, unitsOf(checkpoint, spec)) } : {}),
    },
    spec: { ...spec, ...(form ? { perceives: true } : {}) },
    ...(networks.value ? { value: { discount: config.hyperparameters.behaviour.gamma } } : {}),
    updates: updatesOf(checkpoint),
    weightType: 'int8',
    environmentSteps: checkpoint.environmentSteps,
    seconds: checkpoint.seconds,
    hyperparameters: {
      networks: config.networks,
      training: config.hyperparameters,
      ...(networks.policy ? { policy: config.policy } : {}),
    },
  }
}

/** DimaError `invalid_config` for a model of another kind. */
export function asDimaModel(model: TrainedModel): DimaModel {
  const { kind } = model.spec
  if (kind === 'dima') return model as DimaModel
  throw new DimaError('invalid_config', `this is of world models of kind dima, and the run's is ${kind}`, {
    field: 'run',
    given: kind,
  })
}

function weightsOf(networks: Networks, { learners }: Checkpoint): WorldModelWeights {
  const weights = (parameters: readonly Parameter[], state: LearnerState) =>
    unpackBuckets(planBuckets(parameters), servedOf(state))
  const world = NETWORK_NAMES.map((name) => [name, weights(networks[name].parameters, learners[name])])
  const policy = networks.policy ? { policy: weights(networks.policy.parameters, learners.actor!) } : {}
  const value = networks.value ? { value: weights(networks.value.parameters, learners.critic!) } : {}
  return { ...Object.fromEntries(world), ...policy, ...value } as WorldModelWeights
}

/** What the critic learned in. */
function unitsOf({ behaviour }: Checkpoint, { normalisation, sampling }: DimaSpec): ValueUnits {
  const normaliser = new ValueNormaliser()
  normaliser.restore(behaviour!.normaliser)
  return { state: { ...normalisation, scale: sampling.sigmaData }, value: normaliser.moments }
}

/** Counted in the run folder; undefined where its episodes are gone. */
function recordedEnds(path: string, { episodes }: Checkpoint, config: DimaConfig): number | undefined {
  const folder = new RunFolder(path)
  const indices = Array.from({ length: episodes }, (_, index) => index)
  if (!indices.every(folder.hasEpisode)) return undefined
  const { timeLimitIsEnd } = config.hyperparameters
  return indices.filter((index) => isEnd(folder.loadEpisode(index), timeLimitIsEnd)).length
}
