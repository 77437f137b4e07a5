import { Rng } from '../../../../src/common/rng.ts'
import { altered, findsEach, type Row } from './broken-envs.ts'

const randomness: Row[] = [
  [
    'a seed that is not heard',
    () => altered('reset', (reset) => () => reset()),
    /^reset\(\{ seed: 7 \}\): the same seed gave another trajectory/,
  ],
  [
    'a seed that is always the same',
    () =>
      altered('reset', (reset, env) => () => {
        env.rng = new Rng(0, 'toy')
        return reset()
      }),
    /^reset\(\{ seed: 8 \}\): starts just as reset\(\{ seed: 7 \}\) does/,
  ],
  [
    'a stream that starts afresh',
    () => {
      let last = 0
      return altered('reset', (reset) => ({ seed = last } = {}) => {
        last = seed
        return reset({ seed })
      })
    },
    /^reset\(\): starts the stream afresh instead of going on with it/,
  ],
]

findsEach(randomness)
