// A run configuration that takes seconds.
import '@tensorflow/tfjs'
import { openEnvironment } from '../../src/training/sources/environment-source.ts'
import { type RunConfig, resolveConfig } from '../../src/training/train-config.ts'

export const TASK = 'HalfCheetah-2x3'

export const configOf = (overrides: Partial<RunConfig> = {}): RunConfig => ({
  ...resolveConfig({
    task: TASK,
    preset: 'debug',
    steps: 3000,
    seed: 5,
    threads: 1,
    engine: 'onnx',
    out: '',
  }),
  ...overrides,
})

/** The environment of a configuration, as a source. */
export const openTask = ({ task, seed, hyperparameters: { policyStd } }: RunConfig) =>
  openEnvironment(task, { seed, policyStd, envs: 1, steps: 1 })
