import { ToyEnv } from '../toy-env.ts'
import { altered, answers, findsEach, type Row, starts } from './broken-envs.ts'

const courses: Row[] = [
  [
    'agents before the first reset',
    () => Object.assign(new ToyEnv(), { agents: ['left'] }),
    /^agents: is left before the first reset/,
  ],
  [
    'a step before the first reset',
    () =>
      altered(
        'step',
        (step, env) => (actions) => (env.agents.length === 0 ? env.answer(false, false) : step(actions)),
      ),
    /^step\(\) before the first reset: was accepted; it must throw no_episode/,
  ],
  [
    'a step after the end',
    () =>
      altered(
        'step',
        (step, env) => (actions) =>
          env.stepCount > 0 && env.agents.length === 0 ? env.answer(false, false) : step(actions),
      ),
    /^step\(\) after the end of an episode: was accepted; it must throw no_episode/,
  ],
  [
    'a refused step after the end that moves',
    () =>
      altered('step', (step, env) => (actions) => {
        if (env.stepCount > 0 && env.agents.length === 0) env.position += 0.1
        return step(actions)
      }),
    /^step\(\) after the end of an episode: was refused and changed the state/,
  ],
  [
    'an agent that is missing after a reset',
    () => starts((_, env) => Object.assign(env, { agents: ['left'] })),
    /^reset\(\): agents lacks right, which must act after a reset/,
  ],
  [
    'agents that stay after the end',
    () =>
      answers(({ terminations, truncations }, env) => {
        if (terminations.left || truncations.left) env.agents = env.possibleAgents
      }),
    /^step\(\): agents still has left after its end/,
  ],
  [
    'agents that are gone before the end',
    () => answers((_, env) => Object.assign(env, { agents: [] })),
    /^step\(\): agents lacks left, which has neither terminated nor been truncated/,
  ],
  [
    'an end that is both',
    () =>
      answers((answer) => {
        if (answer.truncations.right) answer.terminations.right = true
      }),
    /^step\(\): right is terminated and truncated at once/,
  ],
  [
    'a flag that is not a boolean',
    () => answers(({ terminations }) => Object.assign(terminations, { right: 0 })),
    /^step\(\): the termination of right is 0, not a boolean/,
  ],
  [
    'a truncation before the limit',
    () =>
      answers((answer, env) => {
        if (env.stepCount !== 2 || env.agents.length === 0) return
        Object.assign(answer.truncations, { left: true, right: true })
        env.agents = []
      }),
    /^step\(\): left is truncated at step 2 of an episode of at most 6/,
  ],
  [
    'no end at the limit',
    () =>
      answers((answer, env) => {
        Object.assign(answer.truncations, { left: false, right: false })
        if (!answer.terminations.left) env.agents = env.possibleAgents
      }),
    /^step\(\): the episode goes on after step 6 of an episode of at most 6/,
  ],
  [
    'an error that is not in the contract',
    () =>
      altered('step', (step, env) => (actions) => {
        if (env.stepCount === 3 && env.agents.length > 0) throw new RangeError('out of luck')
        return step(actions)
      }),
    /^step\(\): threw RangeError: out of luck/,
  ],
]

findsEach(courses)
