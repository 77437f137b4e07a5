// Runs of DIMA in the synthetic environment: an epoch is one short episode, a few updates and two imagined batches.

import { openTrainer } from '../../src/algorithms/dima/trainer.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { syntheticSource, syntheticTask } from '../episodes/sources/synthetic-task.ts'
import { dimaConfigOf, quiet, RESOURCES } from './fixture.ts'

type Config = ReturnType<typeof dimaConfigOf>

/** 20 to 28 steps, ending either way. */
const eitherWay = (seed: number) => ({ length: 20 + (seed % 9), fails: seed % 2 === 0 })

export const syntheticConfig = (change: Partial<Config['hyperparameters']> = {}, steps = 100): Config => {
  const config = dimaConfigOf({ task: syntheticTask.name, steps })
  Object.assign(config.hyperparameters, { stepsPerEpoch: 20, warmupSteps: 20, capacity: 80 }, change)
  Object.assign(config.hyperparameters.evaluation, { everySteps: 40, episodes: 3 })
  return config
}

export const sourceOf = ({ seed, hyperparameters: { policyStd } }: Config, endingOf = eitherWay) =>
  syntheticSource(endingOf, seed, policyStd)

export interface RunOptions {
  reporter?: Partial<typeof quiet>
  signal?: AbortSignal
  cores?: number
  endingOf?: typeof eitherWay
}

/** Runs it, or goes on with it; who played which episode. */
export async function trainSynthetic(
  path: string,
  config: Config,
  { reporter = {}, signal, cores = 1, endingOf }: RunOptions = {},
) {
  const { source, asked } = sourceOf(config, endingOf)
  const folder = new RunFolder(path)
  folder.claim({ config, task: source.spec, origin: source.origin }, 'test')
  const trainer = await openTrainer(config, {
    folder,
    source,
    reporter: { ...quiet, ...reporter },
    resources: { ...RESOURCES, cores },
  })
  try {
    await trainer.run(signal)
    return { finished: trainer.finished, asked }
  } finally {
    await trainer.close()
    await source.close()
  }
}
