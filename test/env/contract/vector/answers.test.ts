import { ToyVectorEnv } from '../toy-vector-env.ts'
import { altered, answers, findsEach, type Row, starts } from './broken-vector-envs.ts'

const shapes: Row[] = [
  ['no copies', () => Object.assign(new ToyVectorEnv('disabled'), { numEnvs: 0 }), /^numEnvs: is 0/],
  [
    'a mode that does not exist',
    () => Object.assign(new ToyVectorEnv('disabled'), { autoreset: 'always' }),
    /^autoreset: is always, none of disabled/,
  ],
  [
    'a space that is made anew',
    () => {
      const env = new ToyVectorEnv('disabled')
      const space = env.actionSpace.bind(env)
      return Object.assign(env, { actionSpace: (agent: string) => ({ ...space(agent) }) })
    },
    /^actionSpace\('left'\): is another object every time/,
  ],
  [
    'observations of fewer copies',
    () => starts(({ observations }) => Object.assign(observations, { right: new Float64Array(4) })),
    /^reset\(\): observations of right has 4 numbers, not 6/,
  ],
  [
    'states that are missing',
    () => starts((answer) => Reflect.deleteProperty(answer, 'states')),
    /^reset\(\): states is undefined, not a Float64Array/,
  ],
  [
    'an observation outside its space',
    () =>
      answers('disabled', ({ observations }) => {
        observations.right![2] = 8
      }),
    /^step\(\): observations of right of copy 1: position is 8, not a finite number within \[-4, 4\]/,
  ],
  [
    'a reward that is not finite',
    () =>
      answers('disabled', ({ rewards }) => {
        rewards.left![2] = Number.NaN
      }),
    /^step\(\): rewards of left: copy 2 has NaN, not a finite number/,
  ],
  [
    'flags that are no bytes',
    () => answers('disabled', (answer) => Object.assign(answer, { terminations: [0, 0, 0] })),
    /^step\(\): terminations is no Uint8Array/,
  ],
  [
    'flags of fewer copies',
    () => answers('disabled', (answer) => Object.assign(answer, { truncations: new Uint8Array(2) })),
    /^step\(\): truncations has 2 flags for 3 copies/,
  ],
  [
    'a flag that is neither 0 nor 1',
    () => answers('disabled', ({ terminations }) => terminations.fill(2, 1)),
    /^step\(\): terminations: copy 1 has 2, neither 0 nor 1/,
  ],
  [
    'an end that is both',
    () =>
      answers('disabled', ({ terminations, truncations }) => {
        terminations.forEach((_, e) => {
          if (truncations[e]) terminations[e] = 1
        })
      }),
    /^step\(\): copy \d is terminated and truncated at once/,
  ],
  [
    'a step before the first reset',
    () =>
      altered('next_step', 'step', (step, env) => async (actions) => {
        if (env.copies[0]!.agents.length === 0) await env.reset()
        return step(actions)
      }),
    /^step\(\) before the first reset: was accepted; it must throw no_episode/,
  ],
  [
    'a step after close',
    () => altered('disabled', 'close', () => async () => {}),
    /^reset\(\) after close\(\): was accepted; it must throw environment_closed/,
  ],
]

findsEach(shapes)
