// How the three networks of the world model learn: every hyper-parameter with its default, unit and source.
import Type, { type Static } from 'typebox'
import type { NetworksConfig } from '../networks/presets.ts'

const integer = (value: number, description: string, minimum = 0) =>
  Type.Integer({ default: value, minimum, description })
const number = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, description })

const optimiser = (batch: number, learningRate: number, clipNorm: number, warmup: number) => ({
  batch: integer(batch, 'rows of a batch (sequences for the reward model)', 1),
  learningRate: number(learningRate, 'AdamW peak learning rate (method.md 1, 2.9, 3)'),
  clipNorm: number(clipNorm, 'gradients are scaled down to this global norm'),
  weightDecay: number(0.01, 'AdamW, on Linear and Conv weights only (method.md 2.9)'),
  warmup: integer(warmup, 'updates of linear warm-up (method.md 2.9)'),
  decay: Type.Union([Type.Literal('constant'), Type.Literal('cosine')], {
    default: 'constant',
    description:
      'after the warm-up: constant as in the paper, or a half cosine down to 0 at the end of the run',
  }),
  average: Type.Number({
    default: 0,
    minimum: 0,
    exclusiveMaximum: 1,
    description:
      "share of the weights' average that an update keeps; the average is what imagines, is evaluated and exported; 0: the weights themselves (released code)",
  }),
  updatesPerEpoch: integer(200, 'updates an epoch (method.md 5)', 1),
})

const strict = { additionalProperties: false, default: {} }

export const worldModelFields = {
  timeLimitIsEnd: Type.Boolean({
    default: false,
    description:
      "label time limits as ends for the termination head, as the authors' code does (method.md 8 (22))",
  }),
  recency: Type.Array(Type.Number({ minimum: 0 }), {
    default: [0.1, 0.1, 0.1, 0.7],
    minItems: 1,
    description: 'probabilities of four equal groups of episodes, oldest to newest (method.md 2.9)',
  }),
  denoiser: Type.Object(
    {
      ...optimiser(64, 1e-4, 1, 100),
      selfFed: integer(3, 'consecutive steps trained per window, fed with own estimates (method.md 2.5)', 1),
      sigmaLogMean: Type.Number({
        default: -0.4,
        description: 'training noise: mean of ln sigma (method.md 2.4)',
      }),
      sigmaLogStd: number(1.2, 'training noise: standard deviation of ln sigma (method.md 2.4)'),
      sigmaMin: number(0.002, 'training noise is clipped to at least this (method.md 2.4)'),
      sigmaMax: number(20, 'training noise is clipped to at most this (method.md 2.4)'),
      samplerShare: Type.Number({
        default: 0,
        minimum: 0,
        maximum: 0.5,
        description:
          "share of the rows that are trained as the plan joint samples: from noise alone at its first level, and once more at its second, from the model's own estimate; 0: random levels alone (paper)",
      }),
      linearPath: Type.Boolean({
        default: false,
        description:
          "add a linear prediction from window, noisy state and actions to the U-Net's, which states with more entries than it has channels don't fit through",
      }),
      restWeight: number(
        1,
        'weight in the loss of state entries that have never moved beside those that have; 1: all alike (paper)',
      ),
      oneAgentShare: number(1, 'share of samples that see one agent (paper: all; method.md 7.6: 1/3)'),
      allAgentsShare: number(0, 'share that sees all agents; the rest sees a random group of two or more'),
    },
    strict,
  ),
  decoder: Type.Object(optimiser(256, 3e-4, 10, 0), strict),
  reward: Type.Object(optimiser(128, 1e-4, 10, 0), strict),
}

const WorldModelFields = Type.Object(worldModelFields)
export type WorldModelHyperparameters = Static<typeof WorldModelFields>

/** What determines how a world model learns. */
export interface WorldModelConfig {
  networks: NetworksConfig
  hyperparameters: WorldModelHyperparameters
}
