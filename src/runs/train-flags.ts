// The flags of `npm run train`, and what every run's configuration has, whatever its algorithm.
import { availableParallelism } from 'node:os'
import Type, { type Static } from 'typebox'
import { oneOf } from '../common/config.ts'
import { deviceFlag } from '../engine/device-flag.ts'
import { sourceFlags } from '../episodes/sources/flags.ts'
import { ENGINE_NAMES } from '../learning/engines/engine.ts'
import { type PolicyConfig, PRESET_NAMES } from '../networks/policy-sizes.ts'
import { PLANS } from '../worlds/dima/serve/manifest.ts'
import { runNameOf } from './names.ts'
import { setFlag } from './overrides.ts'

export const ALGORITHMS = ['dima', 'mappo', 'world-model'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** Environment steps of a run, where no flag says it. */
const STEPS: Record<Algorithm, number> = { dima: 50_000, mappo: 1_000_000, 'world-model': 30_000 }

/** Share of recorded episodes. */
export const HELD_OUT = 0.1

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
        'how the policy imagines (default joint; sequential is the paper, method.md 7.6)',
      ),
    ),
    ...setFlag,
    offsetNoise: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'of the denoiser (default 0.3; 0 is the ablation of method.md 7.4)',
      }),
    ),
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

/** Everything that determines a run's result, besides its source. Algorithms have more of their own. */
export interface RunConfig
  extends Pick<TrainFlags, 'task' | 'preset' | 'seed' | 'threads' | 'engine' | 'device'> {
  algorithm: Algorithm
  steps: number
  policy: PolicyConfig
  hyperparameters: {
    /** standard deviation of the random policy, where an algorithm lets one choose */
    policyStd?: number
    [name: string]: unknown
  }
}

export const runFolderOf = ({ out }: TrainFlags, { algorithm, task, preset, seed }: RunConfig): string => {
  const name = algorithm === 'world-model' ? '' : `-${algorithm}`
  return out || `runs/${runNameOf(task)}${name}-${preset}-seed${seed}`
}

/** The algorithm that flags mean: of recorded episodes only a world model can be learned. */
export const algorithmOf = ({ algorithm, dataset }: Pick<TrainFlags, 'algorithm' | 'dataset'>): Algorithm =>
  algorithm ?? (dataset ? 'world-model' : 'dima')

export const stepsOf = (flags: TrainFlags): number => flags.steps ?? STEPS[algorithmOf(flags)]
