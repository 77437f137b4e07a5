// Every hyper-parameter of a MAMBA run with its default, unit and source (docs/mamba.md); the presets change some of them.
import Type, { type Static } from 'typebox'
import { parseConfig } from '../../common/config.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'

const integer = (value: number, description: string, minimum = 1) =>
  Type.Integer({ default: value, minimum, description })
const number = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, description })
const share = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, maximum: 1, description })

const strict = { additionalProperties: false, default: {} }

const World = Type.Object(
  {
    batch: integer(40, 'stretches of a batch (original: 40)'),
    sequence: integer(18, 'steps of a stretch (original: 18 of 20 stored ones have losses)'),
    updatesPerEpoch: integer(60, 'updates an epoch (original: 60 after every episode)'),
    learningRate: number(2e-4, 'Adam (original)'),
    clipNorm: number(100, 'gradients are scaled down to this global norm (original)'),
  },
  strict,
)

const Behaviour = Type.Object(
  {
    rollouts: integer(720, 'imagined rollouts of a batch (original: 18 x 40)'),
    steps: integer(14, 'imagined steps of a rollout that are learned from (original: 14)'),
    updatesPerEpoch: integer(4, 'imagined batches an epoch (original: 4 after every episode)', 0),
    passes: integer(5, 'passes over a batch (original)'),
    minibatches: integer(5, 'equal parts of a batch (original: of 2,000 rows)'),
    learningRate: number(5e-4, 'Adam, actor and critic alike (original)'),
    weightDecay: number(1e-5, 'of the actor, decoupled (original: 1e-5, in the gradient)'),
    clipNorm: number(100, 'gradients are scaled down to this global norm (original)'),
    clip: number(0.2, 'probability ratios count within 1 - clip .. 1 + clip (original)'),
    entropy: number(0.001, 'weight of the entropy (original; not annealed here)'),
    gamma: share(0.99, 'discount a step (original)'),
    lambda: share(0.95, 'weight of longer returns (original)'),
    advantageEpsilon: number(1e-4, 'added to the deviation that advantages are divided by'),
    startDiscount: share(
      1,
      'starts of imagination: t steps into an episode counts this to the t; 1: uniformly (original)',
    ),
  },
  strict,
)

export const MambaHyperparameters = Type.Object(
  {
    stepsPerEpoch: integer(
      1,
      'environment steps an epoch collects at least, in whole episodes; 1: an episode (original)',
    ),
    warmupSteps: integer(500, 'environment steps before the first update (original)', 0),
    capacity: integer(250_000, 'transitions kept, oldest episodes leave first (original)'),
    timeLimitIsEnd: Type.Boolean({
      default: false,
      description: 'label time limits as ends; the original knows none',
    }),
    recency: Type.Array(Type.Number({ minimum: 0 }), {
      default: [0.25, 0.25, 0.25, 0.25],
      minItems: 1,
      description:
        'starts of imagination: probabilities of equal groups of episodes, oldest to newest; all alike (original)',
    }),
    world: World,
    behaviour: Behaviour,
    evaluation: Type.Object(
      {
        everySteps: integer(10_000, 'environment steps between evaluations'),
        episodes: integer(10, 'episodes of an evaluation, with mean actions'),
      },
      strict,
    ),
  },
  { additionalProperties: false },
)
export type MambaHyperparameters = Static<typeof MambaHyperparameters>

type Overlay<T> = { [K in keyof T]?: T[K] extends object ? Partial<T[K]> : T[K] }

const PRESETS: Record<PresetName, Overlay<MambaHyperparameters>> = {
  debug: {
    warmupSteps: 100,
    world: { batch: 4, sequence: 4, updatesPerEpoch: 3 },
    behaviour: { rollouts: 8, steps: 4, updatesPerEpoch: 1, passes: 2, minibatches: 2 },
    evaluation: { everySteps: 2000, episodes: 2 },
  },
  small: {
    // Where episodes end early an epoch of a single one would learn far more of a step than on HalfCheetah, whose have 1,000.
    stepsPerEpoch: 1000,
    // As many rows for every environment step as the original has, in smaller batches (docs/mamba.md says what fewer came to).
    world: { batch: 16, sequence: 16, updatesPerEpoch: 170 },
    behaviour: { rollouts: 200, minibatches: 2, updatesPerEpoch: 14 },
  },
  paper: {},
}

export const mambaPreset = (preset: PresetName): MambaHyperparameters =>
  parseConfig(MambaHyperparameters, PRESETS[preset])
