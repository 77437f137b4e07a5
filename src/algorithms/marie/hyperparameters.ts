// Every hyper-parameter of a MARIE run with its default, unit and source (docs/marie.md); the presets change some of them.
import Type, { type Static } from 'typebox'
import { parseConfig } from '../../common/config.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'

const integer = (value: number, description: string, minimum = 1) =>
  Type.Integer({ default: value, minimum, description })
const number = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, description })
const share = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, maximum: 1, description })
const group = <T extends Parameters<typeof Type.Object>[0]>(fields: T) =>
  Type.Object(fields, { additionalProperties: false, default: {} })

/** How the two networks of the world model learn. */
const learning = (rate: number, updates: number, from: number) => ({
  updatesPerEpoch: integer(updates, 'updates an epoch (original)'),
  fromEpoch: integer(from, 'first epoch that it learns in (original)'),
  learningRate: number(rate, 'AdamW (original)'),
  weightDecay: number(0.01, 'of weights, not of biases (original; there the tokenizer decays whole)'),
  clipNorm: number(10, 'gradients are scaled down to this global norm (original)'),
})

const Tokenizer = group({
  batch: integer(256, 'joint observations of a batch (original)'),
  ...learning(3e-4, 100, 1),
})

const World = group({
  sequences: integer(40, 'sequences of 15 steps of a batch (original)'),
  ...learning(1e-4, 200, 10),
})

const Behaviour = group({
  rollouts: integer(600, 'imagined rollouts of a batch (original)'),
  steps: Type.Integer({
    default: 14,
    minimum: 1,
    maximum: 14,
    description: 'imagined steps of a rollout that are learned from (original)',
  }),
  updatesPerEpoch: integer(5, 'imagined batches an epoch (original)', 0),
  fromEpoch: integer(20, 'first epoch that actor and critic learn in (original)'),
  passes: integer(5, 'passes over a batch (original)'),
  minibatches: integer(1, 'equal parts of a batch (original)'),
  learningRate: number(5e-4, 'Adam, actor and critic alike (original)'),
  clipNorm: number(10, 'gradients are scaled down to this global norm (original)'),
  clip: number(
    0.1,
    'probability ratios count within 1 - clip .. 1 + clip, values within clip of the old (original)',
  ),
  huberDelta: number(10, 'where the loss of values turns from a square into a line (original)'),
  entropy: number(0.001, 'weight of the entropy (original)'),
  gamma: share(0.99, 'discount a step (original)'),
  lambda: share(0.95, 'weight of longer returns (original)'),
  advantageEpsilon: number(1e-4, 'added to the deviation that advantages are divided by (original)'),
  startDiscount: share(
    1,
    'starts of imagination: t steps into an episode counts this to the t; 1: uniformly (original)',
  ),
})

export const MarieHyperparameters = Type.Object(
  {
    stepsPerEpoch: integer(200, 'environment steps an epoch collects at least, in whole episodes (original)'),
    warmupSteps: integer(500, 'environment steps before the first update (original)', 0),
    capacity: integer(250_000, 'transitions kept, oldest episodes leave first (original)'),
    timeLimitIsEnd: Type.Boolean({
      default: false,
      description: 'label time limits as ends (original: true)',
    }),
    recency: Type.Array(Type.Number({ minimum: 0 }), {
      default: [1],
      minItems: 1,
      description:
        'starts of imagination: probabilities of equal groups of episodes, oldest to newest; all alike (original)',
    }),
    tokenizer: Tokenizer,
    world: World,
    behaviour: Behaviour,
    evaluation: group({
      everySteps: integer(10_000, 'environment steps between evaluations'),
      episodes: integer(10, 'episodes of an evaluation, with mean actions (original)'),
    }),
  },
  { additionalProperties: false },
)
export type MarieHyperparameters = Static<typeof MarieHyperparameters>

const PRESETS: Record<PresetName, object> = {
  debug: {
    stepsPerEpoch: 1,
    warmupSteps: 100,
    tokenizer: { batch: 16, updatesPerEpoch: 3 },
    world: { sequences: 2, updatesPerEpoch: 2, fromEpoch: 2 },
    behaviour: { rollouts: 6, steps: 4, updatesPerEpoch: 1, fromEpoch: 3, passes: 2 },
    evaluation: { everySteps: 2000, episodes: 2 },
  },
  small: {
    // Where episodes end early an epoch of 200 steps would learn more of a step than on HalfCheetah, whose have 1,000.
    stepsPerEpoch: 1000,
    // Two thirds of an epoch are the Transformer's, in proportion to updates times sequences. Adam's steps are as long with few
    // sequences as with many, so there are half of the original's updates, and a quarter of its sequences in each.
    // So few updates want a higher rate: HalfCheetah-2x3, seed 1, after 600 of them the next token costs 3.67 nats with the original's
    // 1e-4 (3.62 after 3,000), 3.32 with 5e-4, 3.21 with 1e-3.
    world: { sequences: 10, updatesPerEpoch: 100, learningRate: 1e-3 },
    behaviour: { rollouts: 100 },
  },
  paper: {},
}

export const mariePreset = (preset: PresetName): MarieHyperparameters =>
  parseConfig(MarieHyperparameters, PRESETS[preset])
