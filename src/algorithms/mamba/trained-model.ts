// The world model that a run of MAMBA has trained: weights, statistics, and the serving graphs that they become.
import type { Parameter } from '../../common/parameters.ts'
import { planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import { servedOf } from '../../learning/learner.ts'
import { widthsOf } from '../../networks/dimensions.ts'
import { demandFinite, type StoredRun, type TrainedModel } from '../../runs/trained-model.ts'
import { createLatentActor } from '../../worlds/mamba/networks/latent-policy.ts'
import { createWorldNetwork } from '../../worlds/mamba/networks/world-network.ts'
import { servingGraphs } from '../../worlds/mamba/train/serving-graphs.ts'
import { simulatorSpec } from '../../worlds/mamba/train/spec.ts'
import { type Checkpoint, NETWORK_NAMES, type NetworkName } from './checkpoint.ts'
import { formOf, type MambaConfig } from './config.ts'

/** DimaError `not_finite` where the run diverged. */
export function trainedModel({ path, record, checkpoint: stored }: StoredRun<MambaConfig>): TrainedModel {
  const checkpoint = stored as Checkpoint
  const { task, config } = record
  const { networks: sizes, hyperparameters } = config
  const widths = widthsOf(task)
  const networks = { world: createWorldNetwork(widths, sizes), policy: createLatentActor(widths, sizes) }
  const of = (name: NetworkName, { parameters }: { parameters: readonly Parameter[] }) =>
    unpackBuckets(planBuckets(parameters), servedOf(checkpoint.learners[name]))
  const weights = { world: of('world', networks.world), policy: of('actor', networks.policy) }
  demandFinite(path, { ...weights, statistics: new Map(Object.entries(checkpoint.statistics)) })
  return {
    record,
    task,
    networks,
    weights,
    graphs: { ...servingGraphs(networks, widths, sizes, formOf(task)) },
    spec: simulatorSpec(task, checkpoint, sizes),
    updates: Object.fromEntries(NETWORK_NAMES.map((name) => [name, checkpoint.learners[name].updates])),
    weightType: 'float16',
    environmentSteps: checkpoint.environmentSteps,
    seconds: checkpoint.seconds,
    hyperparameters: { networks: sizes, training: hyperparameters },
  }
}
