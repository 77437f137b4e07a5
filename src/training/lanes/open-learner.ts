// Opens the learner of one network of a run, in whatever thread it is to run.
import type { TaskSpec } from '../../env/task-spec.ts'
import { createEngine, type Engine } from '../engines/engine.ts'
import { Learner } from '../learner.ts'
import { learnerPlans } from '../learner-plans.ts'
import type { RunConfig } from '../train-config.ts'
import type { OpenLearner } from './host.ts'

export function learnerOpener(task: TaskSpec, config: RunConfig): OpenLearner {
  let engine: Promise<Engine> | undefined
  return async (name) => {
    const plan = learnerPlans(task, config)[name]
    if (!plan) throw new Error(`${config.algorithm} has no network ${name}`)
    const { objective, ...options } = plan()
    engine ??= createEngine(config.engine, config.threads)
    return Learner.create(objective, { ...options, seed: config.seed }, await engine)
  }
}
