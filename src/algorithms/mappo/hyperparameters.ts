// Every hyper-parameter of a MAPPO run with its default, unit and source, and what tasks and presets change.
import Type, { type Static } from 'typebox'
import { parseConfig } from '../../common/config.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { ppoFields } from '../policy/hyperparameters.ts'

const integer = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 1, description })

const strict = { additionalProperties: false, default: {} }

export const MappoHyperparameters = Type.Object(
  {
    copies: integer(20, 'environments that play side by side, part of the result (method.md 6.3)'),
    stepsPerCopy: integer(200, 'environment steps of each between updates: 4,000 in all (method.md 6.3)'),
    rewards: Type.Optional(
      Type.Enum(['team', 'per-agent'], {
        default: 'team',
        description:
          'what agents with rewards of their own learn by: their mean, or each by its own, with a critic that is told whose value is asked for',
      }),
    ),
    ppo: Type.Object(
      {
        ...ppoFields,
        advantageEpsilon: Type.Number({
          default: 1e-5,
          minimum: 0,
          description: 'added to the deviation that advantages are divided by (method.md 6.3)',
        }),
        decay: Type.Enum(['constant', 'linear'], {
          default: 'constant',
          description:
            'learning rate: constant, or falling linearly to 0 at the end of the run (method.md 6.3)',
        }),
      },
      strict,
    ),
    evaluation: Type.Object(
      {
        everySteps: integer(1000, 'environment steps between evaluations, in whole iterations (method.md 5)'),
        episodes: integer(10, 'episodes of an evaluation, with mean actions (method.md 5)'),
      },
      strict,
    ),
  },
  { additionalProperties: false },
)
export type MappoHyperparameters = Static<typeof MappoHyperparameters>

type PpoOverlay = Partial<MappoHyperparameters['ppo']>

// HARL's tuned files (method.md 6.3). It clips values as it clips ratios. Splits without a tuned file have their robot's.
const ROBOTS: Record<string, PpoOverlay> = {
  Ant: { clip: 0.1, valueClip: 0.1, passes: 5, minibatches: 1, learningRate: 5e-4, entropy: 0 },
  HalfCheetah: { clip: 0.05, valueClip: 0.05, passes: 15, minibatches: 1, learningRate: 5e-4, entropy: 0.01 },
  Walker2d: {
    clip: 0.05,
    valueClip: 0.05,
    passes: 5,
    minibatches: 2,
    learningRate: 1e-3,
    entropy: 0,
    decay: 'linear',
  },
}

/** `small` and `paper` are alike: these networks are small. */
export function mappoPreset(preset: PresetName, task: string): MappoHyperparameters {
  const ppo = ROBOTS[task.split('-')[0]!] ?? {}
  const tiny = { copies: 3, stepsPerCopy: 50, ppo: { ...ppo, passes: 2 }, evaluation: { episodes: 2 } }
  return parseConfig(MappoHyperparameters, preset === 'debug' ? tiny : { ppo })
}
