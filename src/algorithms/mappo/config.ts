// What a MAPPO run is, resolved from its flags.
import { withOverrides } from '../../runs/overrides.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { refuseForeign } from '../model-free-flags.ts'
import { ppoPolicy } from '../on-policy/hyperparameters.ts'
import { stepsOf, type TrainFlags } from '../train-flags.ts'
import { MappoHyperparameters, mappoPreset } from './hyperparameters.ts'

export interface MappoConfig extends RunConfig {
  algorithm: 'mappo'
  hyperparameters: MappoHyperparameters
}

export function mappoConfig(flags: TrainFlags): MappoConfig {
  refuseForeign('mappo', flags)
  const { task, preset, seed, threads, engine, device } = flags
  const hyperparameters = withOverrides(MappoHyperparameters, mappoPreset(preset, task), flags.set)
  const run = { task, steps: stepsOf(flags), preset, seed, threads, engine, device }
  return { algorithm: 'mappo', ...run, hyperparameters, policy: ppoPolicy(task) }
}
