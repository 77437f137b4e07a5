// What a MAPPO run is, resolved from its flags.
import { DimaError } from '../../common/errors.ts'
import { MAPPO_POLICY } from '../../networks/presets.ts'
import { withOverrides } from '../overrides.ts'
import { type RunConfig, stepsOf, type TrainFlags } from '../train-config.ts'
import { MappoHyperparameters, mappoPreset } from './hyperparameters.ts'

export interface MappoConfig extends RunConfig {
  algorithm: 'mappo'
  hyperparameters: MappoHyperparameters
}

export function mappoConfig(flags: TrainFlags): MappoConfig {
  refuseForeign(flags)
  const { task, preset, seed, threads, engine, device } = flags
  const hyperparameters = withOverrides(MappoHyperparameters, mappoPreset(preset, task), flags.set)
  const steps = stepsOf(flags)
  return {
    algorithm: 'mappo',
    task,
    steps,
    hyperparameters,
    preset,
    seed,
    threads,
    engine,
    device,
    policy: MAPPO_POLICY,
  }
}

/** Flags that say nothing here would be taken for obeyed. */
function refuseForeign({ plan, envs }: TrainFlags): void {
  const [field, why] = plan
    ? ['plan', 'mappo imagines nothing']
    : envs > 0
      ? ['envs', 'the copies of mappo are part of its result: --set copies=<number>']
      : []
  if (field) throw new DimaError('invalid_config', `--${field}: ${why}`, { field })
}
