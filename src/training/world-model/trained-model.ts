// A trained world model read from a run folder: weights, statistics, and the serving graphs it becomes.
import { join } from 'node:path'
import { DimaError } from '../../common/errors.ts'
import { firstNonFinite } from '../../common/finite.ts'
import type { Parameter } from '../../common/parameters.ts'
import { agentSizes, commonObservation, type TaskSpec } from '../../env/task-spec.ts'
import type { BuilderOptions } from '../../graph/graph-builder.ts'
import { planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import { sequentialSteps } from '../../inference/simulator/plan.ts'
import { Simulator } from '../../inference/simulator/simulator.ts'
import type { SimulatorSpec } from '../../inference/simulator/spec.ts'
import { createActor } from '../../networks/actor.ts'
import { SIGMA_DATA } from '../../networks/denoiser.ts'
import type { GraphName, PerGraph } from '../../registry/load.ts'
import type { PlanName } from '../../registry/manifest.ts'
import { graphOptions } from '../learning/engines/graph-options.ts'
import type { LearnerState } from '../learning/learner.ts'
import { isEnd } from '../replay/episode.ts'
import { type Checkpoint, loadCheckpoint } from '../run/checkpoint.ts'
import { RunFolder, type RunRecord } from '../run/run-folder.ts'
import type { DimaConfig } from '../run/train-config.ts'
import { compileServing, type ServingGraph, servingGraphs } from './serving-graphs.ts'
import { VARIANCE_EPSILON } from './statistics.ts'
import {
  CONTEXT,
  createNetworks,
  dimensionsOf,
  HORIZON,
  NETWORK_NAMES,
  type Networks,
  type WorldModelWeights,
} from './world-model.ts'

export interface TrainedModel {
  record: RunRecord<DimaConfig>
  task: TaskSpec
  checkpoint: Checkpoint
  networks: Networks
  weights: WorldModelWeights
  graphs: PerGraph<ServingGraph>
  spec: SimulatorSpec
}

/** DimaError `invalid_config`; `not_finite` where the run diverged. */
export function readTrainedModel(path: string): TrainedModel {
  const checkpoint = loadCheckpoint(join(path, 'checkpoint.msgpack'))
  if (!checkpoint) throw new DimaError('invalid_config', `${path} has no checkpoint yet: train first`)
  const record = withWorldModel(new RunFolder(path).record(), path)
  const { task } = record
  const dims = dimensionsOf(task)
  const networks: Networks = createNetworks(dims, record.config.networks)
  if (checkpoint.learners.actor) networks.policy = createActor(dims, record.config.policy.actor)
  const graphs = servingGraphs(networks, dims, record.config.networks.denoiser.conditioning)
  const weights = weightsOf(networks, checkpoint)
  demandFinite(path, { ...weights, statistics: new Map(Object.entries(checkpoint.statistics)) })
  const ends = checkpoint.ends ?? recordedEnds(path, checkpoint, record.config)
  const spec = simulatorSpec(task, { ...checkpoint, ends }, planOf(record.config))
  return { record, task, checkpoint, networks, weights, graphs, spec }
}

function withWorldModel(record: RunRecord, path: string): RunRecord<DimaConfig> {
  const { algorithm } = record.config
  if (algorithm === 'dima' || algorithm === 'world-model') return record as RunRecord<DimaConfig>
  throw new DimaError('invalid_config', `${path} has no world model: it is a run of ${algorithm}`, {
    field: 'algorithm',
    given: algorithm,
  })
}

function weightsOf(networks: Networks, { learners }: Checkpoint): WorldModelWeights {
  const weights = (parameters: readonly Parameter[], { p }: LearnerState) =>
    unpackBuckets(planBuckets(parameters), p)
  const world = NETWORK_NAMES.map((name) => [name, weights(networks[name].parameters, learners[name])])
  const policy = networks.policy ? { policy: weights(networks.policy.parameters, learners.actor!) } : {}
  return { ...Object.fromEntries(world), ...policy } as WorldModelWeights
}

/** Counted in the run folder; undefined where its episodes are gone. */
function recordedEnds(path: string, { episodes }: Checkpoint, config: DimaConfig): number | undefined {
  const folder = new RunFolder(path)
  const indices = Array.from({ length: episodes }, (_, index) => index)
  if (!indices.every(folder.hasEpisode)) return undefined
  const { timeLimitIsEnd } = config.hyperparameters
  return indices.filter((index) => isEnd(folder.loadEpisode(index), timeLimitIsEnd)).length
}

type Numbers = ReadonlyMap<string, ArrayLike<number> | number>

/** Nothing can be said of a model, nor served of one, whose numbers are lost. */
function demandFinite(path: string, parts: Readonly<Record<string, Numbers>>): void {
  for (const [part, arrays] of Object.entries(parts)) {
    for (const [name, given] of arrays) {
      const values = typeof given === 'number' ? [given] : given
      const lost = firstNonFinite(values)
      if (lost < 0) continue
      throw new DimaError(
        'not_finite',
        `${path}: ${part} has ${values[lost]} in ${name} (entry ${lost}): the run diverged; train again in another --out with a lower learning rate (--set)`,
        { field: `${part}.${name}`, given: String(values[lost]) },
      )
    }
  }
}

/**
 * The sampler's constants are those of dima.md 2.8; two joint levels are as good as eight (7.6).
 * @param defaultPlan the one that the run's policy learned by
 */
const samplingOf = (agents: number, defaultPlan: PlanName): SimulatorSpec['sampling'] => ({
  sigmaData: SIGMA_DATA,
  sigmaMin: 0.002,
  sigmaMax: 5,
  rho: 7,
  sequentialSteps: sequentialSteps(agents),
  jointSteps: 2,
  defaultPlan,
})

/** What the policy imagines by is what a bundle does unless asked. */
const planOf = ({ hyperparameters }: Partial<Pick<DimaConfig, 'hyperparameters'>>): PlanName =>
  hyperparameters?.behaviour.plan ?? 'joint'

/** What a model is made of besides its weights; of ends that are not known there may be some. */
type Learned = Pick<Checkpoint, 'statistics'> & { ends?: number | undefined }

function simulatorSpec(task: TaskSpec, { statistics, ends }: Learned, plan: PlanName): SimulatorSpec {
  const observation = commonObservation(task)
  const entries = (names: readonly string[], units: readonly string[]) =>
    names.map((name, i) => ({ name, unit: units[i]! }))
  return {
    agents: task.agents.map(({ name, actuators }) => ({ name, actuators: [...actuators] })),
    action: {
      dimension: agentSizes(task).action,
      low: task.actionLow,
      high: task.actionHigh,
      unit: task.actionUnit,
    },
    state: entries(task.stateNames, task.stateUnits),
    observation: entries(observation.names, observation.units),
    horizon: HORIZON,
    context: CONTEXT,
    sampling: samplingOf(task.agents.length, plan),
    normalisation: {
      mean: [...statistics.mean],
      std: [...statistics.variance].map((variance) => Math.sqrt(variance + VARIANCE_EPSILON)),
    },
    ...(ends === 0 ? { terminates: false } : {}),
  }
}

/** What the simulator needs of a world model that is still in training. Parameters by bucket, in the order of NETWORK_NAMES. */
export function imaginationOf(
  task: TaskSpec,
  config: Pick<DimaConfig, 'networks'> & Partial<Pick<DimaConfig, 'device' | 'hyperparameters'>>,
  learned: Learned,
  parameters: readonly Float32Array[][],
): { spec: SimulatorSpec; graphs: PerGraph<Uint8Array> } {
  const dims = dimensionsOf(task)
  const networks = createNetworks(dims, config.networks)
  const named = NETWORK_NAMES.map((name, i) => {
    return [name, unpackBuckets(planBuckets(networks[name].parameters), parameters[i]!)]
  })
  const weights = Object.fromEntries(named) as WorldModelWeights
  const graphs = servingGraphs(networks, dims, config.networks.denoiser.conditioning)
  const compiled = compileGraphs({ graphs, networks, weights }, graphOptions(config.device))
  return { spec: simulatorSpec(task, learned, planOf(config)), graphs: compiled }
}

/** The serving graphs as ONNX bytes. `options` may fit them to a device. */
export function compileGraphs(
  { graphs, networks, weights }: Pick<TrainedModel, 'graphs' | 'networks' | 'weights'>,
  options: BuilderOptions = {},
): PerGraph<Uint8Array> {
  const compiled = Object.entries(graphs).map(([name, graph]) => [
    name,
    compileServing(name as GraphName, graph, networks, weights, options),
  ])
  return Object.fromEntries(compiled) as PerGraph<Uint8Array>
}

export const openSimulator = (model: TrainedModel, graphs: PerGraph<Uint8Array>): Promise<Simulator> =>
  Simulator.open(model.spec, async (name) => graphs[name])
