// A run configuration that takes seconds.
import '@tensorflow/tfjs'
import { parseFlags } from '../../src/common/config.ts'
import type { Reporter } from '../../src/training/progress.ts'
import { openEnvironment } from '../../src/training/sources/environment-source.ts'
import { type RunConfig, resolveConfig, TrainFlags } from '../../src/training/train-config.ts'

export const TASK = 'HalfCheetah-2x3'

export const configOf = (overrides: Partial<RunConfig> = {}): RunConfig => ({
  ...resolveConfig(
    parseFlags(TrainFlags, ['--task', TASK, '--preset', 'debug', '--steps', '3000', '--seed', '5']),
  ),
  ...overrides,
})

/** The environment of a configuration, as a source. */
export const openTask = ({ task, seed, hyperparameters: { policyStd } }: RunConfig, envs = 1) =>
  openEnvironment(task, { seed, policyStd, envs, steps: 1 })

/** A reporter that says nothing. */
export const quiet: Reporter = { update: () => {}, status: () => {}, note: () => {} }
