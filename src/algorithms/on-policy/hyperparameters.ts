// Hyper-parameters of PPO on what was played, whoever's weights are shared: defaults, units, sources, and what tasks and
// presets change. HARL's files of MAPPO and HAPPO have the same values in a task.
import Type, { type Static, type TObject } from 'typebox'
import { parseConfig } from '../../common/config.ts'
import { type PolicyConfig, PPO_POLICY, type PresetName } from '../../networks/policy-sizes.ts'
import { ppoFields } from '../policy/hyperparameters.ts'
import { evaluationEpisodes, HANDS, tunedRobot, tunedTask } from '../tuned-task.ts'

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
  /** of HARL's tuned_configs */
  file: string
  ppo: PpoOverlay
  /** of the layers of actor and critic, where it is not 128 */
  width?: number
  /** of preset paper alone: as many copies and steps as in the file, where they are not those of the others */
  copies?: number
}

/** Values of a clip, for values are clipped as ratios are. */
const clipped = (clip: number): PpoOverlay => ({ clip, valueClip: clip })

/**
 * HARL's tuned files. Splits without one (Ant-2x4, HalfCheetah-3x2, 6x1, Walker2d-3x2) have their robot's, and the tasks of two
 * hands that of Pen, the only one.
 */
export const TUNED: Readonly<Record<string, Tuned>> = {
  Ant: {
    file: 'mamujoco/Ant-v2-4x2',
    ppo: { ...clipped(0.1), passes: 5, minibatches: 1, learningRate: 5e-4, entropy: 0 },
  },
  HalfCheetah: {
    file: 'mamujoco/HalfCheetah-v2-2x3',
    ppo: { ...clipped(0.05), passes: 15, minibatches: 1, learningRate: 5e-4, entropy: 0.01 },
  },
  Walker2d: {
    file: 'mamujoco/Walker2d-v2-2x3',
    ppo: { ...clipped(0.05), passes: 5, minibatches: 2, learningRate: 1e-3, entropy: 0, decay: 'linear' },
  },
  [HANDS]: {
    file: 'dexhands/ShadowHandPen',
    ppo: { ...clipped(0.2), passes: 5, minibatches: 1, learningRate: 5e-4, entropy: 0.01, gamma: 0.95 },
    width: 256,
    copies: 256,
  },
}

/** Steps of an episode, as many as a copy of that file plays in an iteration. */
const HANDS_STEPS: Readonly<Record<string, number>> = { BottleCap: 125, Pen: 125 }
const DOOR_STEPS = 250

/**
 * `small` and `paper` are alike, as these networks are small, but for the hands: 256 copies make 5 or 10 iterations of the
 * paper's 300,000 steps, and 20 make 75.
 */
export function ppoPreset<Schema extends TObject>(
  schema: Schema,
  preset: PresetName,
  task: string,
): Static<Schema> {
  const { ppo = {}, copies } = TUNED[tunedRobot(task)] ?? {}
  const evaluation = evaluationEpisodes(task)
  if (preset === 'debug') {
    const tiny = { copies: 3, stepsPerCopy: 50, ppo: { ...ppo, passes: 2 } }
    return parseConfig(schema, { ...tiny, evaluation: { episodes: 2, ...evaluation } })
  }
  const played = preset === 'paper' && copies ? { copies, stepsPerCopy: handsSteps(task) } : {}
  return parseConfig(schema, { ...played, ppo, evaluation })
}

const handsSteps = (task: string): number => HANDS_STEPS[tunedTask(task).split('-')[1]!] ?? DOOR_STEPS

/** Sizes of actors and critic. */
export function ppoPolicy(task: string): PolicyConfig {
  const { width } = TUNED[tunedRobot(task)] ?? {}
  if (!width) return PPO_POLICY
  return { actor: { ...PPO_POLICY.actor, width }, critic: { ...PPO_POLICY.critic, width } }
}
