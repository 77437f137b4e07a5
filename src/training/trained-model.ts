// A trained world model read from a run folder: weights, statistics, and the serving graphs it becomes.
import { join } from 'node:path'
import { DimaError } from '../common/errors.ts'
import { agentSizes, commonObservation, type TaskSpec } from '../env/task-spec.ts'
import { planBuckets, unpackBuckets } from '../graph/train-step.ts'
import { sequentialSteps } from '../inference/simulator/plan.ts'
import { Simulator } from '../inference/simulator/simulator.ts'
import type { SimulatorSpec } from '../inference/simulator/spec.ts'
import { SIGMA_DATA } from '../networks/denoiser.ts'
import type { GraphName, PerGraph } from '../registry/load.ts'
import { type Checkpoint, loadCheckpoint } from './checkpoint.ts'
import { RunFolder, type RunRecord } from './run-folder.ts'
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
  record: RunRecord
  task: TaskSpec
  checkpoint: Checkpoint
  networks: Networks
  weights: WorldModelWeights
  graphs: PerGraph<ServingGraph>
  spec: SimulatorSpec
}

export function readTrainedModel(path: string): TrainedModel {
  const checkpoint = loadCheckpoint(join(path, 'checkpoint.msgpack'))
  if (!checkpoint) throw new DimaError('invalid_config', `${path} has no checkpoint yet: train first`)
  const record = new RunFolder(path).record()
  const { task } = record
  const dims = dimensionsOf(task)
  const networks = createNetworks(dims, record.config.networks)
  const graphs = servingGraphs(networks, dims, record.config.networks.denoiser.conditioning)
  const weights = weightsOf(networks, checkpoint)
  return { record, task, checkpoint, networks, weights, graphs, spec: simulatorSpec(task, checkpoint) }
}

function weightsOf(networks: Networks, { learners }: Checkpoint): WorldModelWeights {
  const named = NETWORK_NAMES.map((name) => {
    const buckets = planBuckets(networks[name].parameters)
    return [name, unpackBuckets(buckets, learners[name].p)]
  })
  return Object.fromEntries(named) as WorldModelWeights
}

/** The sampler's constants are those of dima.md 2.8; two joint levels are as good as eight (7.6). */
const samplingOf = (agents: number): SimulatorSpec['sampling'] => ({
  sigmaData: SIGMA_DATA,
  sigmaMin: 0.002,
  sigmaMax: 5,
  rho: 7,
  sequentialSteps: sequentialSteps(agents),
  jointSteps: 2,
  defaultPlan: 'joint',
})

export function simulatorSpec(task: TaskSpec, { statistics }: Pick<Checkpoint, 'statistics'>): SimulatorSpec {
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
    sampling: samplingOf(task.agents.length),
    normalisation: {
      mean: [...statistics.mean],
      std: [...statistics.variance].map((variance) => Math.sqrt(variance + VARIANCE_EPSILON)),
    },
  }
}

/** The serving graphs as ONNX bytes. */
export function compileGraphs({ graphs, networks, weights }: TrainedModel): PerGraph<Uint8Array> {
  const compiled = Object.entries(graphs).map(([name, graph]) => [
    name,
    compileServing(name as GraphName, graph, networks, weights),
  ])
  return Object.fromEntries(compiled) as PerGraph<Uint8Array>
}

export const openSimulator = (model: TrainedModel, graphs: PerGraph<Uint8Array>): Promise<Simulator> =>
  Simulator.open(model.spec, async (name) => graphs[name])
