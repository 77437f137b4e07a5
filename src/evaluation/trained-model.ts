// A trained world model read from a run folder: weights, statistics, and the serving graphs it becomes.

import { join } from 'node:path'
import { restoreConfig } from '../algorithms/algorithms.ts'
import type { Checkpoint } from '../algorithms/dima/checkpoint.ts'
import type { DimaConfig } from '../algorithms/dima/config.ts'
import { DimaError } from '../common/errors.ts'
import { firstNonFinite } from '../common/finite.ts'
import type { Parameter } from '../common/parameters.ts'
import type { TaskSpec } from '../env/task-spec.ts'
import { isEnd } from '../episodes/replay/episode.ts'
import type { ServingGraph } from '../graph/serving-graph.ts'
import { planBuckets, unpackBuckets } from '../graph/train-step.ts'
import type { LearnerState } from '../learning/learner.ts'
import { createActor } from '../networks/actor.ts'
import { loadCheckpoint } from '../runs/checkpoint.ts'
import { RunFolder, type RunRecord } from '../runs/run-folder.ts'
import type { DimaSpec, PerGraph, PlanName } from '../worlds/dima/serve/manifest.ts'
import { simulatorSpec } from '../worlds/dima/train/imagination.ts'
import { servingGraphs } from '../worlds/dima/train/serving-graphs.ts'
import {
  createNetworks,
  dimensionsOf,
  NETWORK_NAMES,
  type Networks,
  type WorldModelWeights,
} from '../worlds/dima/train/world-model.ts'
import { KINDS } from '../worlds/kinds.ts'
import { type OpenSimulator, openSimulator as openWorld } from '../worlds/open-simulator.ts'

export interface TrainedModel {
  record: RunRecord<DimaConfig>
  task: TaskSpec
  checkpoint: Checkpoint
  networks: Networks
  weights: WorldModelWeights
  graphs: PerGraph<ServingGraph>
  spec: DimaSpec
}

/** DimaError `invalid_config`; `not_finite` where the run diverged. */
export function readTrainedModel(path: string): TrainedModel {
  const checkpoint = loadCheckpoint<Checkpoint>(join(path, 'checkpoint.msgpack'))
  if (!checkpoint) throw new DimaError('invalid_config', `${path} has no checkpoint yet: train first`)
  const record = withWorldModel(new RunFolder(path).record(restoreConfig), path)
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

/** What the policy imagines by is what a bundle does unless asked. */
const planOf = ({ hyperparameters }: DimaConfig): PlanName => hyperparameters.behaviour.plan

export const openSimulator = (model: TrainedModel, graphs: PerGraph<Uint8Array>): Promise<OpenSimulator> =>
  openWorld(KINDS, model.spec, { ...graphs })
