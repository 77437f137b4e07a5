// The hyper-parameters of actor and critic, whatever they learn from (method.md 4.3, 6.3: PPO as in HARL). Tables are
// those of DIMA's appendix, arXiv 2505.20922.
import Type, { type Static } from 'typebox'

const integer = (value: number, description: string, minimum = 1) =>
  Type.Integer({ default: value, minimum, description })
const number = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, description })

export const ppoFields = {
  passes: integer(5, 'passes over a batch (Table 4)'),
  minibatches: integer(1, 'equal parts of a batch, a gradient step each'),
  learningRate: number(5e-4, 'Adam, actor and critic alike (Table 4)'),
  epsilon: number(1e-5, 'Adam: added to the root of the second moment (method.md 4.3)'),
  clipNorm: number(10, 'gradients are scaled down to this global norm (Table 4)'),
  clip: number(0.1, 'probability ratios count within 1 - clip .. 1 + clip (Tables 1 and 4)'),
  valueClip: number(0.1, 'how far a value may move from the old one, normalised units (method.md 4.3)'),
  huberDelta: number(
    10,
    'value loss: square below this error, linear above, normalised units (method.md 4.3)',
  ),
  entropy: number(0.001, 'weight of the entropy (Table 1: 0.001 on MAMuJoCo, 0.01 on Bi-DexHands)'),
  spreadGain: number(
    1,
    'how fast the deviation of actions moves beside their mean: 0.5 sigmoid(1 + gain (v - 1)) (method.md 4.1: 1)',
  ),
  gamma: number(0.99, 'discount a step (Table 1: 0.99 on MAMuJoCo, 0.95 on Bi-DexHands)'),
  lambda: number(0.95, 'weight of longer returns (Tables 1 and 4)'),
  advantageEpsilon: number(1e-4, 'added to the deviation that advantages are divided by (method.md 4.3)'),
}

const PpoFields = Type.Object(ppoFields)
export type BehaviourHyperparameters = Static<typeof PpoFields>
