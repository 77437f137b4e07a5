import { altered, answers, findsEach, type Row } from './broken-vector-envs.ts'

const seeds: Row[] = [
  [
    'a seed that is not heard',
    () =>
      altered(
        'disabled',
        'reset',
        (reset) =>
          ({ mask } = {}) =>
            reset(mask ? { mask } : {}),
      ),
    /^reset\(\{ seed: 7 \}\): the same seed gave another trajectory/,
  ],
  [
    'one seed for all copies',
    () =>
      altered('disabled', 'reset', (reset) => (options = {}) => {
        const { seed } = options
        return reset(typeof seed === 'number' ? { ...options, seed: [seed, seed, seed] } : options)
      }),
    /^reset\(\{ seed: \[7, \.\.\.\] \}\): is not reset\(\{ seed: 7 \}\)/,
  ],
  [
    'seeds that are spread otherwise',
    () =>
      altered('disabled', 'reset', (reset) => (options = {}) => {
        const { seed } = options
        if (seed === undefined) return reset(options)
        const first = typeof seed === 'number' ? seed : seed[0]!
        return reset({ ...options, seed: [0, 1, 2].map((e) => 10 * first + e) })
      }),
    /^reset\(\{ seed: 7 \}\): copy 1 does not start as copy 0 of seed 8/,
  ],
  [
    'a masked seed that counts from the first copy reset',
    () =>
      altered('disabled', 'reset', (reset) => (options = {}) => {
        const { seed, mask } = options
        if (!mask || typeof seed !== 'number') return reset(options)
        return reset({ mask, seed: seed - Array.from(mask).indexOf(1) })
      }),
    /^reset\(\{ mask, seed: 7 \}\): copy 2 does not start as without the mask/,
  ],
  [
    'a stream that starts afresh',
    () => {
      let last = 0
      return altered('disabled', 'reset', (reset) => (options = {}) => {
        if (typeof options.seed === 'number') last = options.seed
        return reset({ seed: last, ...options })
      })
    },
    /^reset\(\): copy \d starts its stream afresh instead of going on with it/,
  ],
]

const masks: Row[] = [
  [
    'a masked reset that resets all',
    () =>
      altered(
        'disabled',
        'reset',
        (reset) =>
          ({ mask: _, ...options } = {}) =>
            reset(options),
      ),
    /^reset\(\{ mask \}\): changed copy \d, which it was not to reset|^reset\(\{ mask, seed: 7 \}\)/,
  ],
  [
    'a masked reset that resets none after a seed',
    () => {
      let seeded = false
      return altered('next_step', 'reset', (reset, env) => async (options = {}) => {
        if (!options.mask) seeded = options.seed === 5
        return options.mask && seeded ? env.look() : reset(options)
      })
    },
    /^reset\(\{ mask \}\): left copy 0 as it was, which it was to reset/,
  ],
  [
    'a masked reset that disturbs the others later',
    () =>
      altered('next_step', 'reset', (reset, env) => async (options = {}) => {
        const answer = await reset(options)
        if (options.mask?.[0] === 1) for (const copy of env.copies.slice(1)) copy.position += 0.001
        return answer
      }),
    /^reset\(\{ mask \}\): changed copy \d, which it was not to reset/,
  ],
]

const faults: Row[] = [
  [
    'NaN that is taken',
    () =>
      altered('disabled', 'step', (step) => (actions) => {
        const clean = Object.entries(actions).map(([agent, values]) => [
          agent,
          Array.from(values, (value) => (Number.isNaN(value) ? 0 : value)),
        ])
        return step(Object.fromEntries(clean))
      }),
    /^step\(\) with NaN in the action of left: was accepted; it must throw not_finite/,
  ],
  [
    'a refusal that moves',
    () =>
      altered('disabled', 'step', (step, env) => (actions) => {
        if (Array.from(actions.right ?? []).includes(Number.POSITIVE_INFINITY))
          env.copies[0]!.position += 0.01
        return step(actions)
      }),
    /^step\(\) with Infinity in the action of right: was refused and changed answer 0/,
  ],
]

const aliases: Row[] = [
  [
    'actions that are kept',
    () => {
      let last: ArrayLike<number> = [0]
      return altered('next_step', 'step', (step, env) => async (actions) => {
        if (Number.isNaN(last[0])) env.copies[0]!.position += 0.01
        const answer = await step(actions)
        last = actions.left!
        return answer
      })
    },
    /^step\(\): writing to returned arrays, or to actions after their step, changed what followed/,
  ],
  [
    'observations that are overwritten',
    () => {
      const kept = new Float64Array(6)
      return answers('next_step', ({ observations }) => {
        kept.set(observations.left!)
        observations.left = kept
      })
    },
    /^step\(\): changed what had been returned before: answer 1, observations of left/,
  ],
]

findsEach([...seeds, ...masks, ...faults, ...aliases])
