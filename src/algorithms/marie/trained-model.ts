// The world model that a run of MARIE has trained: weights, statistics, and the serving graphs that they become.
import { planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import { servedOf } from '../../learning/learner.ts'
import { createActor } from '../../networks/actor.ts'
import { widthsOf } from '../../networks/dimensions.ts'
import { demandFinite, type StoredRun, type TrainedModel } from '../../runs/trained-model.ts'
import { boundsOf, worldModel } from '../../worlds/marie/train/imagination.ts'
import { servingGraphs } from '../../worlds/marie/train/serving-graphs.ts'
import { simulatorSpec } from '../../worlds/marie/train/spec.ts'
import { type Checkpoint, NETWORK_NAMES } from './checkpoint.ts'
import { formOf, type MarieConfig } from './config.ts'

/** DimaError `not_finite` where the run diverged. */
export function trainedModel({ path, record, checkpoint: stored }: StoredRun<MarieConfig>): TrainedModel {
  const { learners, codebook, statistics, ...checkpoint } = stored as Checkpoint
  const { task, config } = record
  const widths = widthsOf(task)
  const policy = createActor(widths, config.policy.actor)
  const model = worldModel(task, config.networks, {
    tokenizer: servedOf(learners.tokenizer),
    world: servedOf(learners.world),
    codes: codebook.codes,
  })
  const networks = { ...model.networks, policy }
  const weights = {
    ...model.weights,
    policy: unpackBuckets(planBuckets(policy.parameters), servedOf(learners.actor)),
  }
  demandFinite(path, { ...weights, statistics: new Map(Object.entries(statistics)) })
  const learned = { statistics, ends: checkpoint.ends }
  return {
    ...{ record, task, networks, weights },
    graphs: { ...servingGraphs(networks, { ...widths, ...boundsOf(task) }, config.networks, formOf(task)) },
    spec: simulatorSpec(task, learned, config.networks),
    updates: Object.fromEntries(NETWORK_NAMES.map((name) => [name, learners[name].updates])),
    weightType: 'float16',
    environmentSteps: checkpoint.environmentSteps,
    seconds: checkpoint.seconds,
    hyperparameters: { networks: config.networks, training: config.hyperparameters },
  }
}
