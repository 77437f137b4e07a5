import { DimaError } from '../../../../src/common/errors.ts'
import { findsEach, type Row, refusing } from './broken-envs.ts'

const faults: Row[] = [
  [
    'an agent that may be missing',
    () =>
      refusing(
        (message) => message === 'no action for left',
        (env) => env.answer(false, false),
      ),
    /^step\(\) with no action of left: was accepted; it must throw unknown_agent/,
  ],
  [
    'a stranger that may act',
    () =>
      refusing(
        (message) => message.includes('nobody'),
        (env) => env.answer(false, false),
      ),
    /^step\(\) with an action of nobody: was accepted; it must throw unknown_agent/,
  ],
  [
    'a number too many',
    () =>
      refusing(
        (message) => /right has 3/.test(message),
        (env) => env.answer(false, false),
      ),
    /^step\(\) with one number too many in the action of right: was accepted; it must throw invalid_shape/,
  ],
  [
    'a number too few',
    () =>
      refusing(
        (message) => /right has 1/.test(message),
        (env) => env.answer(false, false),
      ),
    /^step\(\) with one number too few in the action of right: was accepted; it must throw invalid_shape/,
  ],
  [
    'NaN',
    () =>
      refusing(
        (message) => /NaN/.test(message),
        (env) => env.answer(false, false),
      ),
    /^step\(\) with NaN in the action of left: was accepted; it must throw not_finite/,
  ],
  [
    'Infinity',
    () =>
      refusing(
        (message) => /Infinity/.test(message),
        (env) => env.answer(false, false),
      ),
    /^step\(\) with Infinity in the action of left: was accepted; it must throw not_finite/,
  ],
  [
    'a refusal that names nobody',
    () =>
      refusing(
        (message) => /NaN/.test(message),
        () => {
          throw new DimaError('not_finite', 'a number is not finite')
        },
      ),
    /^step\(\) with NaN in the action of left: the message of not_finite does not name left/,
  ],
  [
    'a refusal that moves',
    () =>
      refusing(
        (message) => /NaN/.test(message),
        (env) => {
          env.position += 0.1
          throw new DimaError('not_finite', 'left and right')
        },
      ),
    /^step\(\) with NaN in the action of left: was refused and changed the state/,
  ],
  [
    'a refusal that ends the episode',
    () =>
      refusing(
        (message) => /NaN/.test(message),
        (env) => {
          env.agents = []
          throw new DimaError('not_finite', 'left and right')
        },
      ),
    /^step\(\) with NaN in the action of left: was refused and ended the episode/,
  ],
  [
    'a refusal that counts as a step',
    () =>
      refusing(
        (message) => /no action for right/.test(message),
        (env) => {
          env.rng.uniform()
          throw new DimaError('unknown_agent', 'right')
        },
      ),
    /^step\(\): refused actions changed what followed/,
  ],
]

findsEach(faults)
