// What every run's configuration has, whatever its algorithm.
import type { Device } from '../engine/device.ts'
import type { EngineName } from '../learning/engines/engine.ts'
import type { PolicyConfig, PresetName } from '../networks/policy-sizes.ts'

export const ALGORITHMS = ['dima', 'mappo', 'happo', 'hasac', 'mamba', 'marie', 'world-model'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** Everything that determines a run's result, besides its source. Algorithms have more of their own. */
export interface RunConfig {
  algorithm: Algorithm
  task: string
  preset: PresetName
  /** environment steps */
  steps: number
  seed: number
  /** of the engine */
  threads: number
  engine: EngineName
  device: Device
  policy: PolicyConfig
  hyperparameters: {
    /** standard deviation of the random policy, where an algorithm lets one choose */
    policyStd?: number
    [name: string]: unknown
  }
}
