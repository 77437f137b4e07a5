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
  termination: Type.Enum(['restart', 'weight'], {
    default: 'restart',
    description:
      'restart: an imagined end is drawn, cuts the return and starts the row afresh (paper); weight: returns are weighted by the probability to go on (released code)',
  }),
}

const ImaginationFields = Type.Object(imaginationFields)
export type ImaginationHyperparameters = Static<typeof ImaginationFields>
