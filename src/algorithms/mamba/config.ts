// What a MAMBA run is, resolved from its flags.
import { parseConfig } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { type ClosedForm, closedFormOf, tellsState } from '../../env/closed-form.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { withOverrides } from '../../runs/overrides.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { withSizes } from '../../runs/sizes.ts'
import { NETWORK_PRESETS, type NetworksConfig } from '../../worlds/mamba/networks/presets.ts'
import { stepsOf, type TrainFlags } from '../train-flags.ts'
import { MambaHyperparameters, mambaPreset } from './hyperparameters.ts'

export interface MambaConfig extends RunConfig {
  algorithm: 'mamba'
  networks: NetworksConfig
  hyperparameters: MambaHyperparameters
}

export function mambaConfig(flags: TrainFlags, source?: Pick<EpisodeSource, 'spec'>): MambaConfig {
  refuse(flags)
  if (source) formOf(source.spec, flags)
  const { task, preset, seed, threads, engine, device } = flags
  const hyperparameters = withOverrides(MambaHyperparameters, mambaPreset(preset), flags.set)
  const networks = withSizes(NETWORK_PRESETS[preset], flags.sizes)
  const run = { task, steps: stepsOf(flags), preset, seed, threads, engine, device }
  return { algorithm: 'mamba', ...run, networks, hyperparameters, policy: policyOf(networks) }
}

/** Of a run folder; what came to be an option later has its default. */
export const restoreMamba = (config: RunConfig): MambaConfig =>
  ({ ...config, hyperparameters: parseConfig(MambaHyperparameters, config.hyperparameters) }) as MambaConfig

/** Sizes of actor and critic, which follow from those of the world model. */
const policyOf = ({ width }: NetworksConfig): RunConfig['policy'] => ({
  actor: { width, layers: 2 },
  critic: { width, layers: 2, headGain: 1 },
})

function refuse({ dataset, env, stepsPerCall }: TrainFlags): void {
  const because = (field: string, why: string) => {
    throw new DimaError('invalid_config', `mamba ${why}`, { field })
  }
  if (dataset)
    because('algorithm', 'plays in an environment; of recorded episodes world-model learns (--algorithm)')
  if (env) because('env', 'has to know how observations follow from states, so that no bridge will do')
  if (stepsPerCall > 1)
    because('stepsPerCall', 'takes its updates one by one, so there is no --steps-per-call')
}

/** How observations follow from states. DimaError `invalid_config` of tasks where they don't, or don't tell the state. */
export function formOf(spec: TaskSpec, { task }: Pick<TrainFlags, 'task'> = { task: spec.name }): ClosedForm {
  const form = closedFormOf(spec)
  if (form && tellsState(form, spec.agents.length, spec.stateNames.length)) return form
  const why = form
    ? 'its agents together see less than the state'
    : 'what agents see does not follow from the state'
  throw new DimaError(
    'invalid_config',
    `mamba imagines observations and finds states behind them: of ${task}, ${why}`,
    {
      field: 'task',
      given: task,
    },
  )
}
