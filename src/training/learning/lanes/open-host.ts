// A lane's host for a run, in whatever thread it is to work.
import type { TaskSpec } from '../../../env/task-spec.ts'
import type { RunConfig } from '../../run/train-config.ts'
import { createEngine, type Engine } from '../engines/engine.ts'
import { Learner } from '../learner.ts'
import { learnerPlans } from '../learner-plans.ts'
import { LaneHost, type OpenLearner } from './host.ts'

export interface LaneWork {
  task: TaskSpec
  config: RunConfig
  stepsPerCall: number
}

export const openHost = (work: LaneWork): LaneHost =>
  new LaneHost(learnerOpener(work), { device: work.config.device })

/** Every learner on one engine, which is opened with the first. */
function learnerOpener({ task, config, stepsPerCall }: LaneWork): OpenLearner {
  const { algorithm, device, threads, seed } = config
  const several = stepsPerCall > 1 ? { stepsPerCall } : {}
  let engine: Promise<Engine> | undefined
  return async (name) => {
    const plan = learnerPlans(task, config)[name]
    if (!plan) throw new Error(`${algorithm} has no network ${name}`)
    const { objective, ...options } = plan()
    engine ??= createEngine(config.engine, { threads, device, ...several })
    return Learner.create(objective, { ...options, seed }, await engine)
  }
}
