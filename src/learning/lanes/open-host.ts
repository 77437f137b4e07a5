// A lane's host for a run, in whatever thread it is to work.

import type { Device } from '../../engine/device.ts'
import { createEngine, type Engine, type EngineName } from '../engines/engine.ts'
import { Learner } from '../learner.ts'
import type { RecipesOf } from '../recipe.ts'
import { SharedSteps } from '../shared-steps.ts'
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
  /** URL of a module that exports `recipes` (RecipesOf) */
  recipes: string
  task: Task
  config: Config
  stepsPerCall: number
}

export const openHost = (work: LaneWork): LaneHost =>
  new LaneHost(learnerOpener(work), { device: work.config.device })

/** Every learner on one engine, which is opened with the first. */
function learnerOpener({ recipes: module, task, config, stepsPerCall }: LaneWork): OpenLearner {
  const { algorithm, device, threads, seed } = config
  const several = stepsPerCall > 1 ? { stepsPerCall } : {}
  const shared = new SharedSteps()
  let engine: Promise<Engine> | undefined
  return async (name) => {
    const { recipes } = (await import(module)) as { recipes: RecipesOf<unknown, unknown> }
    const recipe = recipes(task, config)[name]
    if (!recipe) throw new Error(`${algorithm} has no network ${name}`)
    const { objective, step, ...options } = recipe()
    engine ??= createEngine(config.engine, { threads, device, ...several })
    const own = step === undefined ? await engine : shared.engine(await engine, step)
    return Learner.create(objective, { ...options, seed }, own)
  }
}
