// Hyper-parameters of PPO on what was played, whoever's weights are shared: defaults, units, sources, and what tasks and
// presets change. HARL's files of MAPPO and HAPPO have the same values in a task.
import Type, { type Static, type TObject } from 'typebox'
import { parseConfig } from '../../common/config.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { ppoFields } from '../policy/hyperparameters.ts'

const integer = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const strict = { additionalProperties: false, default: {} }

export const playFields = {
  copies: integer(20, 'environments that play side by side, part of the result (method.md 6)'),
  stepsPerCopy: integer(200, 'environment steps of each between updates: 4,000 in all (method.md 6)'),
}

export const learnFields = {
  ppo: Type.Object(
    {
      ...ppoFields,
      advantageEpsilon: Type.Number({
        default: 1e-5,
        minimum: 0,
        description: 'added to the deviation that advantages are divided by (method.md 6)',
      }),
      decay: Type.Enum(['constant', 'linear'], {
        default: 'constant',
        description: 'learning rate: constant, or falling linearly to 0 at the end of the run (method.md 6)',
      }),
    },
    strict,
  ),
}

/** @param everySteps environment steps */
export const evaluationField = (everySteps: number) => ({
  evaluation: Type.Object(
    {
      everySteps: integer(
        everySteps,
        'environment steps between evaluations, in whole iterations (method.md 5)',
      ),
      episodes: integer(10, 'episodes of an evaluation, with mean actions (method.md 5)'),
    },
    strict,
  ),
})

type PpoOverlay = Partial<Static<typeof learnFields.ppo>>

interface Tuned {
  /** of HARL's tuned_configs/mamujoco */
  file: string
  ppo: PpoOverlay
}

/** Values of a clip, for values are clipped as ratios are. */
const clipped = (clip: number): PpoOverlay => ({ clip, valueClip: clip })

/** HARL's tuned files. Splits without one (Ant-2x4, HalfCheetah-3x2, 6x1, Walker2d-3x2) have their robot's. */
export const TUNED: Readonly<Record<string, Tuned>> = {
  Ant: {
    file: 'Ant-v2-4x2',
    ppo: { ...clipped(0.1), passes: 5, minibatches: 1, learningRate: 5e-4, entropy: 0 },
  },
  HalfCheetah: {
    file: 'HalfCheetah-v2-2x3',
    ppo: { ...clipped(0.05), passes: 15, minibatches: 1, learningRate: 5e-4, entropy: 0.01 },
  },
  Walker2d: {
    file: 'Walker2d-v2-2x3',
    ppo: { ...clipped(0.05), passes: 5, minibatches: 2, learningRate: 1e-3, entropy: 0, decay: 'linear' },
  },
}

/** `small` and `paper` are alike: these networks are small. */
export function ppoPreset<Schema extends TObject>(
  schema: Schema,
  preset: PresetName,
  task: string,
): Static<Schema> {
  const { ppo = {} } = TUNED[task.split('-')[0]!] ?? {}
  const tiny = { copies: 3, stepsPerCopy: 50, ppo: { ...ppo, passes: 2 }, evaluation: { episodes: 2 } }
  return parseConfig(schema, preset === 'debug' ? tiny : { ppo })
}
