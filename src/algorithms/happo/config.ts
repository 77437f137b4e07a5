// What a HAPPO run is, resolved from its flags.
import { withOverrides } from '../../runs/overrides.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { refuseForeign } from '../model-free-flags.ts'
import { ppoPolicy } from '../on-policy/hyperparameters.ts'
import { stepsOf, type TrainFlags } from '../train-flags.ts'
import { HappoHyperparameters, happoPreset } from './hyperparameters.ts'

export interface HappoConfig extends RunConfig {
  algorithm: 'happo'
  hyperparameters: HappoHyperparameters
}

export function happoConfig(flags: TrainFlags): HappoConfig {
  refuseForeign('happo', flags)
  const { task, preset, seed, threads, engine, device } = flags
  const hyperparameters = withOverrides(HappoHyperparameters, happoPreset(preset, task), flags.set)
  const run = { task, steps: stepsOf(flags), preset, seed, threads, engine, device }
  return { algorithm: 'happo', ...run, hyperparameters, policy: ppoPolicy(task) }
}
