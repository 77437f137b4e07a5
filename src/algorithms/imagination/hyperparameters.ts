// The hyper-parameters of a policy that learns inside a world model, whichever it is.
import Type, { type Static } from 'typebox'
import { ppoFields } from '../policy/hyperparameters.ts'

const integer = (value: number, description: string, minimum = 0) =>
  Type.Integer({ default: value, minimum, description })

export const imaginationFields = {
  ...ppoFields,
  decay: Type.Enum(['constant', 'linear'], {
    default: 'constant',
    description:
      'learning rate of actor and critic: constant (paper), or linearly to 0 at the end of the run',
  }),
  updatesPerEpoch: integer(
    4,
    'imagined batches an epoch (Table 4; the released code has 5); 0: no policy is learned',
  ),
  warmupEpochs: integer(9, 'epochs that only the world model is trained in (method.md 5)'),
  rollouts: integer(600, 'imagined rollouts of a batch (Table 4)', 1),
  startDiscount: Type.Number({
    default: 1,
    exclusiveMinimum: 0,
    maximum: 1,
    description:
      'an imagined row starts t steps into an episode with a probability in proportion to startDiscount^t; 1: anywhere alike (paper)',
  }),
  targetRate: Type.Number({
    default: 1,
    exclusiveMinimum: 0,
    maximum: 1,
    description:
      'returns go on with the values of a copy of the critic that moves by this share of the way to it after every imagined batch; 1: of the critic itself (released code)',
  }),
  boundValues: Type.Boolean({
    default: false,
    description:
      'returns go on with values no larger than 1 / (1 - gamma) times the 99th percentile of real rewards lately, and no smaller than of the first',
  }),
  returnMemory: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description:
      "the critic's unit: below 1, mean and deviation of the returns of late, each imagined batch keeping this share of the average before it, the critic's head following so that its values stay (PopArt, arXiv 1602.07714); 1: of all returns so far (released code)",
  }),
  anchors: integer(
    0,
    "real states of the newest episodes, with the discounted rewards that followed, in every batch of the critic's; 0: imagined ones alone (paper)",
  ),
  termination: Type.Enum(['restart', 'weight'], {
    default: 'restart',
    description:
      'restart: an imagined end is drawn, cuts the return and starts the row afresh (paper); weight: returns are weighted by the probability to go on (released code)',
  }),
}

const ImaginationFields = Type.Object(imaginationFields)
export type ImaginationHyperparameters = Static<typeof ImaginationFields>
