// The flags of `npm run train`, and the resolved configuration a run folder keeps.
import Type, { type Static } from 'typebox'
import { oneOf, parseConfig } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import { NETWORK_PRESETS, type NetworksConfig, PRESET_NAMES, type PresetName } from '../networks/presets.ts'
import { ENGINE_NAMES } from './engines/engine.ts'
import { Hyperparameters, TRAINING_PRESETS } from './hyperparameters.ts'
import { runNameOf } from './names.ts'

export const TrainFlags = Type.Object(
  {
    task: Type.String({ default: 'HalfCheetah-2x3', description: 'environment and its split into agents' }),
    preset: oneOf(PRESET_NAMES, 'small', 'network sizes and hyper-parameters'),
    steps: Type.Integer({ default: 30_000, minimum: 1, description: 'environment steps to collect' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'seed of everything random' }),
    threads: Type.Integer({
      default: 1,
      minimum: 1,
      description: 'ONNX Runtime threads; part of the result',
    }),
    engine: oneOf(ENGINE_NAMES, 'onnx', 'what runs the train steps'),
    out: Type.String({ default: '', description: 'run folder (default runs/<task>-<preset>-seed<seed>)' }),
  },
  { additionalProperties: false },
)
export type TrainFlags = Static<typeof TrainFlags>

/** Everything that determines a run's result. */
export interface RunConfig extends Omit<TrainFlags, 'out'> {
  networks: NetworksConfig
  hyperparameters: Hyperparameters
}

export const runFolderOf = ({ out, task, preset, seed }: TrainFlags): string =>
  out || `runs/${runNameOf(task)}-${preset}-seed${seed}`

/** The hyper-parameters of a preset, a copy. */
export const presetOf = (preset: PresetName): Hyperparameters =>
  parseConfig(Hyperparameters, TRAINING_PRESETS[preset])

export function resolveConfig({ out: _, ...flags }: TrainFlags): RunConfig {
  const hyperparameters = presetOf(flags.preset)
  if (flags.steps < hyperparameters.warmupSteps) {
    throw new DimaError(
      'invalid_config',
      `steps must be at least ${hyperparameters.warmupSteps}, the warm-up`,
      {
        field: 'steps',
        given: flags.steps,
      },
    )
  }
  return { ...flags, networks: NETWORK_PRESETS[flags.preset], hyperparameters }
}
