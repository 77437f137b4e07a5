// What a MARIE run is, resolved from its flags.
import { parseConfig } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { type ClosedForm, closedFormOf, tellsState } from '../../env/closed-form.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { PPO_POLICY } from '../../networks/policy-sizes.ts'
import { withOverrides } from '../../runs/overrides.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { withSizes } from '../../runs/sizes.ts'
import { NETWORK_PRESETS, type NetworksConfig } from '../../worlds/marie/networks/presets.ts'
import { stepsOf, type TrainFlags } from '../train-flags.ts'
import { MarieHyperparameters, mariePreset } from './hyperparameters.ts'

export interface MarieConfig extends RunConfig {
  algorithm: 'marie'
  networks: NetworksConfig
  hyperparameters: MarieHyperparameters
}

export function marieConfig(flags: TrainFlags, source?: Pick<EpisodeSource, 'spec'>): MarieConfig {
  const { task, preset, seed, threads, engine, device } = flags
  const wrong = REFUSED.find(([field]) => (field === 'stepsPerCall' ? flags[field] > 1 : flags[field]))
  if (wrong) throw new DimaError('invalid_config', `marie ${wrong[1]}`, { field: wrong[0] })
  if (source) formOf(source.spec, task)
  return {
    ...{ algorithm: 'marie', task, steps: stepsOf(flags), preset, seed, threads, engine, device },
    networks: withSizes(NETWORK_PRESETS[preset], flags.sizes),
    hyperparameters: withOverrides(MarieHyperparameters, mariePreset(preset), flags.set),
    policy: PPO_POLICY,
  }
}

/** Of a run folder; what came to be an option later has its default. */
export const restoreMarie = (config: RunConfig): MarieConfig =>
  ({ ...config, hyperparameters: parseConfig(MarieHyperparameters, config.hyperparameters) }) as MarieConfig

const REFUSED: readonly ['dataset' | 'env' | 'stepsPerCall', string][] = [
  ['dataset', 'plays in an environment; of recorded episodes world-model learns (--algorithm)'],
  ['env', 'has to know how observations follow from states, which no bridge tells'],
  ['stepsPerCall', 'takes its updates one by one: leave --steps-per-call out'],
]

/** How observations follow from states. DimaError `invalid_config` of tasks where they don't, or don't tell the state. */
export function formOf(spec: TaskSpec, task = spec.name): ClosedForm {
  const form = closedFormOf(spec)
  if (form && tellsState(form, spec.agents.length, spec.stateNames.length)) return form
  const why = form ? 'what agents see does not tell the state' : 'observations do not follow from the state'
  throw new DimaError(
    'invalid_config',
    `marie finds states behind imagined observations; in ${task} ${why}`,
    {
      field: 'task',
      given: task,
    },
  )
}
