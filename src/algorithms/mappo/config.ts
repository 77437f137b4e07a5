// What a MAPPO run is, resolved from its flags.
import { DimaError } from '../../common/errors.ts'
import { MAPPO_POLICY } from '../../networks/policy-sizes.ts'
import { withOverrides } from '../../runs/overrides.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { stepsOf, type TrainFlags } from '../train-flags.ts'
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
function refuseForeign({ dataset, envs, stepsPerCall }: TrainFlags): void {
  const refuse = (field: string, why: string) => {
    throw new DimaError('invalid_config', `mappo ${why}`, { field })
  }
  if (dataset)
    refuse('algorithm', 'plays in an environment; of recorded episodes only a world model can be learned')
  if (stepsPerCall > 1)
    refuse('stepsPerCall', 'takes its updates one by one, so there is no --steps-per-call')
  if (envs > 0) refuse('envs', 'has its copies as a hyper-parameter: --set copies=<number>')
}
