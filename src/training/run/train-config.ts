// The flags of `npm run train`, and the resolved configuration a run folder keeps.
import { availableParallelism } from 'node:os'
import Type, { type Static } from 'typebox'
import { oneOf, parseConfig } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { DEVICES } from '../../inference/session.ts'
import {
  DIMA_POLICY,
  NETWORK_PRESETS,
  type NetworksConfig,
  type PolicyConfig,
  PRESET_NAMES,
  type PresetName,
} from '../../networks/presets.ts'
import { PLANS } from '../../registry/manifest.ts'
import {
  DIMA_PRESETS,
  Hyperparameters,
  type PresetOverlay,
  TRAINING_PRESETS,
} from '../dima/hyperparameters.ts'
import { firstSteps, recordedSchedule } from '../dima/recorded-schedule.ts'
import { ENGINE_NAMES } from '../learning/engines/engine.ts'
import { sourceFlags } from '../sources/flags.ts'
import type { EpisodeSource } from '../sources/source.ts'
import { runNameOf } from './names.ts'
import { setFlag, withOverrides } from './overrides.ts'

export const ALGORITHMS = ['dima', 'mappo', 'world-model'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** Environment steps of a run, where no flag says it. */
const STEPS: Record<Algorithm, number> = { dima: 50_000, mappo: 1_000_000, 'world-model': 30_000 }

export const TrainFlags = Type.Object(
  {
    algorithm: Type.Optional(
      oneOf(
        ALGORITHMS,
        undefined,
        'dima: world model and policy in turn (default); mappo: without a world model; world-model: of a random policy, or of --dataset (its default)',
      ),
    ),
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
        description: `environment steps to collect (default ${STEPS.dima}, mappo ${STEPS.mappo}, world-model ${STEPS['world-model']}); of --dataset: the first so many (default all)`,
      }),
    ),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'seed of everything random' }),
    threads: Type.Integer({
      default: 1,
      minimum: 1,
      description: 'ONNX Runtime threads; part of the result',
    }),
    cores: Type.Integer({
      default: Math.min(8, availableParallelism()),
      minimum: 1,
      maximum: 64,
      description: 'threads that train and imagine side by side; no part of the result',
    }),
    plan: Type.Optional(
      oneOf(
        PLANS,
        undefined,
        'how the policy imagines (default joint; sequential is the paper, dima.md 7.6)',
      ),
    ),
    ...setFlag,
    offsetNoise: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'of the denoiser (default 0.3; 0 is the ablation of dima.md 7.4)',
      }),
    ),
    device: oneOf(DEVICES, 'cpu', 'what engine onnx computes on (docs/devices.md)'),
    stepsPerCall: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 1000,
      description:
        'updates that engine onnx runs in one call, for devices across a bus; no part of the result',
    }),
    engine: oneOf(ENGINE_NAMES, 'onnx', 'what runs the train steps'),
    out: Type.String({ default: '', description: 'run folder (default runs/<task>-<preset>-seed<seed>)' }),
  },
  { additionalProperties: false },
)
export type TrainFlags = Static<typeof TrainFlags>

/** Everything that determines a run's result, besides its source. Algorithms have more of their own. */
export interface RunConfig
  extends Pick<TrainFlags, 'task' | 'preset' | 'seed' | 'threads' | 'engine' | 'device'> {
  algorithm: Algorithm
  steps: number
  policy: PolicyConfig
  hyperparameters: object
}

/** Of DIMA, and of its world model alone. */
export interface DimaConfig extends RunConfig {
  algorithm: 'dima' | 'world-model'
  networks: NetworksConfig
  hyperparameters: Hyperparameters
}

export const runFolderOf = ({ out }: TrainFlags, { algorithm, task, preset, seed }: RunConfig): string => {
  const name = algorithm === 'world-model' ? '' : `-${algorithm}`
  return out || `runs/${runNameOf(task)}${name}-${preset}-seed${seed}`
}

/** The algorithm that flags mean: of recorded episodes only a world model can be learned. */
export const algorithmOf = ({ algorithm, dataset }: Pick<TrainFlags, 'algorithm' | 'dataset'>): Algorithm =>
  algorithm ?? (dataset ? 'world-model' : 'dima')

export const stepsOf = (flags: TrainFlags): number => flags.steps ?? STEPS[algorithmOf(flags)]

/** The hyper-parameters of a preset, a copy. */
export function presetOf(preset: PresetName, algorithm: Algorithm = 'world-model'): Hyperparameters {
  const base = TRAINING_PRESETS[preset]
  if (algorithm === 'dima') return parseConfig(Hyperparameters, overlaid(base, DIMA_PRESETS[preset]))
  return parseConfig(Hyperparameters, overlaid(base, { behaviour: { updatesPerEpoch: 0 } }))
}

/** Of two overlays one, the second on top, group by group. */
function overlaid(base: PresetOverlay, top: PresetOverlay): PresetOverlay {
  const groups = Object.entries(top).map(([key, value]) => {
    const below = base[key as keyof PresetOverlay]
    const grouped = typeof value === 'object' && !Array.isArray(value)
    return [key, grouped ? { ...(below as object), ...value } : value]
  })
  return { ...base, ...Object.fromEntries(groups) }
}

/** The paper's plan comes with the paper's objective: one agent visible at a time (Algorithm 1). */
const PAPER_MASKS = { oneAgentShare: 1, allAgentsShare: 0 }

/** @param source what it has recorded decides steps and schedule */
export function resolveConfig(
  flags: TrainFlags,
  source?: Pick<EpisodeSource, 'spec' | 'recorded'>,
): DimaConfig {
  const { preset, seed, threads, engine, device, plan, offsetNoise } = flags
  const algorithm = algorithmOf(flags) === 'dima' ? 'dima' : 'world-model'
  const run = source?.recorded
    ? recordedPlan(flags, source.spec.name, source.recorded)
    : { task: flags.task, steps: stepsOf(flags), hyperparameters: presetOf(preset, algorithm) }
  if (plan === 'sequential') Object.assign(run.hyperparameters.denoiser, PAPER_MASKS)
  run.hyperparameters = withOverrides(Hyperparameters, run.hyperparameters, flags.set)
  if (plan) run.hyperparameters.behaviour.plan = plan
  const { warmupSteps } = run.hyperparameters
  if (run.steps < warmupSteps) {
    throw new DimaError('invalid_config', `steps must be at least ${warmupSteps}, the warm-up`, {
      field: 'steps',
      given: run.steps,
    })
  }
  const networks = structuredClone(NETWORK_PRESETS[preset])
  if (offsetNoise !== undefined) networks.denoiser.offsetNoise = offsetNoise
  const sizes = { networks, policy: DIMA_POLICY }
  return { algorithm, ...run, preset, seed, threads, engine, device, ...sizes }
}

function recordedPlan(
  { preset, algorithm = 'world-model', steps = Number.POSITIVE_INFINITY }: TrainFlags,
  task: string,
  lengths: readonly number[],
) {
  if (algorithm !== 'world-model') {
    const message = `${algorithm} plays in an environment; of recorded episodes only a world model can be learned`
    throw new DimaError('invalid_config', message, { field: 'algorithm', given: algorithm })
  }
  const used = firstSteps(lengths, steps)
  const whole = used.reduce((sum, length) => sum + length, 0)
  return {
    task,
    steps: Math.min(steps, whole),
    hyperparameters: recordedSchedule(presetOf(preset), used),
  }
}
