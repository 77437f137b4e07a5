// A lane's host for a run, in whatever thread it is to work.

import type { Device } from '../../engine/session.ts'
import { createEngine, type Engine, type EngineName } from '../engines/engine.ts'
import { Learner } from '../learner.ts'
import type { LearnerPlans } from '../learner-plan.ts'
import { LaneHost, type OpenLearner } from './host.ts'

/** Of a run's configuration, what every lane needs to know. */
export interface LaneConfig {
  algorithm: string
  engine: EngineName
  device: Device
  threads: number
  seed: number
}

/** Plain data, so that it can be sent to a thread. */
export interface LaneWork<Task = unknown, Config extends LaneConfig = LaneConfig> {
  /** URL of a module that exports `learnerPlans` (LearnerPlansOf) */
  plans: string
  task: Task
  config: Config
  stepsPerCall: number
}

/** What the module of `plans` exports. */
export type LearnerPlansOf<Task = never, Config = never> = (task: Task, config: Config) => LearnerPlans

export const openHost = (work: LaneWork): LaneHost =>
  new LaneHost(learnerOpener(work), { device: work.config.device })

/** Every learner on one engine, which is opened with the first. */
function learnerOpener({ plans, task, config, stepsPerCall }: LaneWork): OpenLearner {
  const { algorithm, device, threads, seed } = config
  const several = stepsPerCall > 1 ? { stepsPerCall } : {}
  let engine: Promise<Engine> | undefined
  return async (name) => {
    const { learnerPlans } = (await import(plans)) as { learnerPlans: LearnerPlansOf<unknown, unknown> }
    const plan = learnerPlans(task, config)[name]
    if (!plan) throw new Error(`${algorithm} has no network ${name}`)
    const { objective, ...options } = plan()
    engine ??= createEngine(config.engine, { threads, device, ...several })
    return Learner.create(objective, { ...options, seed }, await engine)
  }
}
