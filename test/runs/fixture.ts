// Run configurations that take seconds.
import '@tensorflow/tfjs'
import { resolveConfig } from '../../src/algorithms/dima/config.ts'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../src/common/config.ts'
import { openEnvironment } from '../../src/episodes/sources/environment-source.ts'
import type { Reporter } from '../../src/runs/progress.ts'

export const TASK = 'HalfCheetah-2x3'

type Config = ReturnType<typeof resolveConfig>

const FLAGS = ['--task', TASK, '--preset', 'debug', '--steps', '3000', '--seed', '5']

const resolve = (algorithm: Config['algorithm']) =>
  resolveConfig(parseFlags(TrainFlags, [...FLAGS, '--algorithm', algorithm]))

/** Of a world model alone. */
export const configOf = (overrides: Partial<Config> = {}): Config => ({
  ...resolve('world-model'),
  ...overrides,
})

/** Of a policy that learns inside its world model. */
export const dimaConfigOf = (overrides: Partial<Config> = {}): Config => ({
  ...resolve('dima'),
  ...overrides,
})

/** The environment of a configuration, as a source. */
export const openTask = ({ task, seed, hyperparameters: { policyStd } }: Config, envs = 1) =>
  openEnvironment(task, { seed, policyStd, envs, steps: 1 })

/** Everything in this thread, update by update. */
export const RESOURCES = { cores: 1, stepsPerCall: 1 }

/** A reporter that says nothing. */
export const quiet: Reporter = { update: () => {}, status: () => {}, note: () => {} }
