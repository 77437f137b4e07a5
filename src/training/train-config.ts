// The flags of `npm run train`, and the resolved configuration a run folder keeps.
import Type, { type Static } from 'typebox'
import { oneOf, parseConfig } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import { NETWORK_PRESETS, type NetworksConfig, PRESET_NAMES, type PresetName } from '../networks/presets.ts'
import { ENGINE_NAMES } from './engines/engine.ts'
import { Hyperparameters, TRAINING_PRESETS } from './hyperparameters.ts'
import { runNameOf } from './names.ts'
import { firstSteps, recordedSchedule } from './recorded-schedule.ts'
import { sourceFlags } from './sources/flags.ts'
import type { EpisodeSource } from './sources/source.ts'

export const STEPS = 30_000

export const TrainFlags = Type.Object(
  {
    task: Type.String({ default: 'HalfCheetah-2x3', description: 'environment and its split into agents' }),
    ...sourceFlags,
    heldOut: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 0.9,
      description: 'share of the episodes of --dataset kept for evaluation, at least one',
    }),
    preset: oneOf(PRESET_NAMES, 'small', 'network sizes and hyper-parameters'),
    steps: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: `environment steps to collect (default ${STEPS}); of --dataset: the first so many (default all)`,
      }),
    ),
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

/** Everything that determines a run's result, besides its source. */
export interface RunConfig extends Pick<TrainFlags, 'task' | 'preset' | 'seed' | 'threads' | 'engine'> {
  steps: number
  networks: NetworksConfig
  hyperparameters: Hyperparameters
}

export const runFolderOf = ({ out }: TrainFlags, { task, preset, seed }: RunConfig): string =>
  out || `runs/${runNameOf(task)}-${preset}-seed${seed}`

/** The hyper-parameters of a preset, a copy. */
export const presetOf = (preset: PresetName): Hyperparameters =>
  parseConfig(Hyperparameters, TRAINING_PRESETS[preset])

/** @param source what it has recorded decides steps and schedule */
export function resolveConfig(
  flags: TrainFlags,
  source?: Pick<EpisodeSource, 'spec' | 'recorded'>,
): RunConfig {
  const { preset, seed, threads, engine } = flags
  const plan = source?.recorded
    ? recordedPlan(flags, source.spec.name, source.recorded)
    : { task: flags.task, steps: flags.steps ?? STEPS, hyperparameters: presetOf(preset) }
  const { warmupSteps } = plan.hyperparameters
  if (plan.steps < warmupSteps) {
    throw new DimaError('invalid_config', `steps must be at least ${warmupSteps}, the warm-up`, {
      field: 'steps',
      given: plan.steps,
    })
  }
  return { ...plan, preset, seed, threads, engine, networks: NETWORK_PRESETS[preset] }
}

function recordedPlan(
  { preset, steps = Number.POSITIVE_INFINITY }: TrainFlags,
  task: string,
  lengths: readonly number[],
) {
  const used = firstSteps(lengths, steps)
  const whole = used.reduce((sum, length) => sum + length, 0)
  return {
    task,
    steps: Math.min(steps, whole),
    hyperparameters: recordedSchedule(presetOf(preset), used),
  }
}
