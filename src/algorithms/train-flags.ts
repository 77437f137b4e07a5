// The flags of `npm run train`: those of every run, and those of single algorithms.
import { availableParallelism } from 'node:os'
import Type, { type Static, type TProperties } from 'typebox'
import { flagOf, oneOf } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import { deviceFlag } from '../engine/device-flag.ts'
import { sourceFlags } from '../episodes/sources/flags.ts'
import { ENGINE_NAMES } from '../learning/engines/engine.ts'
import { PRESET_NAMES } from '../networks/policy-sizes.ts'
import { runNameOf } from '../runs/names.ts'
import { setFlag } from '../runs/overrides.ts'
import { ALGORITHMS, type Algorithm, type RunConfig } from '../runs/run-config.ts'
import { sizesFlag } from '../runs/sizes.ts'
import { dimaFlags } from './dima/flags.ts'

/** Those that only some algorithms have. */
const OWN: Record<Algorithm, TProperties> = {
  dima: { ...dimaFlags, ...sizesFlag },
  mappo: {},
  happo: {},
  hasac: {},
  mamba: sizesFlag,
  marie: sizesFlag,
  'world-model': { ...dimaFlags, ...sizesFlag },
}

/** Environment steps of a run, where no flag says it. */
const STEPS: Record<Algorithm, number> = {
  dima: 50_000,
  mappo: 1_000_000,
  happo: 1_000_000,
  hasac: 1_000_000,
  mamba: 100_000,
  marie: 100_000,
  'world-model': 30_000,
}
/** Of preset small, where it makes more of a step. */
const SMALL_STEPS: Partial<Record<Algorithm, number>> = { hasac: 100_000 }
/** Of preset debug, which is to show in under a minute that everything works. */
const DEBUG_STEPS: Record<Algorithm, number> = {
  dima: 5000,
  mappo: 10_000,
  happo: 10_000,
  hasac: 10_000,
  mamba: 5000,
  marie: 5000,
  'world-model': 5000,
}

/** Share of recorded episodes. */
export const HELD_OUT = 0.1

export const TrainFlags = Type.Object(
  {
    algorithm: Type.Optional(
      oneOf(
        ALGORITHMS,
        undefined,
        'dima: world model and policy in turn (default); mappo, happo, hasac: without a world model, one actor for all agents, one each, or one each that learns from a replay; mamba, marie: baselines of the paper with world models of latent states and of tokens; world-model: of a random policy, or of --dataset (its default)',
      ),
    ),
    task: Type.String({ default: 'HalfCheetah-2x3', description: 'environment and its split into agents' }),
    ...sourceFlags,
    heldOut: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 0.9,
        description: `share of the episodes of --dataset kept for evaluation, at least one (default ${HELD_OUT})`,
      }),
    ),
    preset: oneOf(PRESET_NAMES, 'small', 'network sizes and hyper-parameters'),
    steps: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: `environment steps to collect (default ${STEPS.dima}, mamba and marie ${STEPS.mamba}, without a world model ${STEPS.mappo}, hasac small ${SMALL_STEPS.hasac}, world-model ${STEPS['world-model']}; of preset debug ${DEBUG_STEPS.dima}, without a world model ${DEBUG_STEPS.mappo}); of --dataset: the first so many (default all)`,
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
    ...dimaFlags,
    ...setFlag,
    ...sizesFlag,
    ...deviceFlag,
    stepsPerCall: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 1000,
      description:
        'updates that engine onnx runs in one call, for devices across a bus; no part of the result',
    }),
    engine: oneOf(ENGINE_NAMES, 'onnx', 'what runs the train steps'),
    out: Type.String({
      default: '',
      description: 'run folder (default runs/<task>-<algorithm>-<preset>-seed<seed>)',
    }),
  },
  { additionalProperties: false },
)
export type TrainFlags = Static<typeof TrainFlags>

export const runFolderOf = ({ out }: TrainFlags, { algorithm, task, preset, seed }: RunConfig): string => {
  const name = algorithm === 'world-model' ? '' : `-${algorithm}`
  return out || `runs/${runNameOf(task)}${name}-${preset}-seed${seed}`
}

/** The algorithm that flags mean: of recorded episodes only a world model can be learned. */
export const algorithmOf = ({ algorithm, dataset }: Pick<TrainFlags, 'algorithm' | 'dataset'>): Algorithm =>
  algorithm ?? (dataset ? 'world-model' : 'dima')

export function stepsOf(flags: TrainFlags): number {
  const algorithm = algorithmOf(flags)
  if (flags.preset === 'debug') return flags.steps ?? DEBUG_STEPS[algorithm]
  const fewer = flags.preset === 'small' ? SMALL_STEPS[algorithm] : undefined
  return flags.steps ?? fewer ?? STEPS[algorithm]
}

/** A flag that says nothing here would be taken for obeyed: DimaError `invalid_config` naming it. */
export function refuseUnheard(flags: TrainFlags): void {
  if (flags.heldOut !== undefined && !flags.dataset)
    throw new DimaError('invalid_config', '--held-out is of the episodes of --dataset, and there is none', {
      field: 'heldOut',
    })
  const algorithm = algorithmOf(flags)
  const own = Object.keys(OWN[algorithm])
  const foreign = Object.values(OWN).flatMap((of) => Object.keys(of))
  for (const field of foreign.filter((name) => !own.includes(name)))
    if (flags[field as keyof TrainFlags] !== undefined)
      throw new DimaError('invalid_config', `${algorithm} has no ${flagOf(field)}`, { field })
}
