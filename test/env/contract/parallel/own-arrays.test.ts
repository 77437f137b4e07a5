import { altered, answers, findsEach, type Row } from './broken-envs.ts'

const shared = Float64Array.of(0.5)

const aliases: Row[] = [
  [
    'a state that is one array',
    () => altered('state', () => () => shared),
    /^state\(\): returns the same array twice/,
  ],
  [
    'a state that is a view of one memory',
    () => {
      const memory = new Float64Array(1)
      return altered('state', (state) => () => {
        if (!Number.isNaN(memory[0])) memory.set(state())
        return new Float64Array(memory.buffer)
      })
    },
    /^state\(\): (changes when the array returned before is written to|the state: position is NaN)/,
  ],
  [
    'a state that changes by being read',
    () =>
      altered('state', (state, env) => () => {
        env.position += env.stepCount === 1 && env.agents.length > 0 ? 1e-9 : 0
        return state()
      }),
    /^state\(\): gives other numbers when it is read twice/,
  ],
  [
    'observations that are overwritten',
    () => {
      const kept = { left: new Float64Array(2), right: new Float64Array(2) }
      return answers((answer) => {
        kept.left.set(answer.observations.left!)
        answer.observations = { ...answer.observations, left: kept.left }
      })
    },
    /^step\(\): changed what had been returned before: answer 1, the observation of left/,
  ],
  [
    'rewards that are overwritten',
    () => {
      const kept = {}
      return answers((answer) => {
        answer.rewards = Object.assign(kept, answer.rewards)
      })
    },
    /^step\(\): changed what had been returned before: answer 1, the reward of left/,
  ],
  [
    'observations that are read again',
    () => {
      let last = new Float64Array(2)
      return altered('step', (step, env) => (actions) => {
        if (Number.isNaN(last[0])) env.position = 0
        const answer = step(actions)
        last = answer.observations.left as Float64Array<ArrayBuffer>
        return answer
      })
    },
    /^step\(\): writing to returned arrays, or to actions after their step, changed what followed/,
  ],
  [
    'actions that are kept',
    () => {
      let last: ArrayLike<number> = [0]
      return altered('step', (step, env) => (actions) => {
        env.position += Number.isNaN(last[0]) ? 0.1 : 0
        const answer = step(actions)
        last = actions.left!
        return answer
      })
    },
    /^step\(\): writing to returned arrays, or to actions after their step, changed what followed/,
  ],
  [
    'actions that are written to',
    () =>
      altered('step', (step) => (actions) => {
        const answer = step(actions)
        ;(actions.right as Float64Array)[1] = 0
        return answer
      }),
    /^step\(\): wrote to the actions it was given: answer 0, the action of right: entry 1/,
  ],
]

findsEach(aliases)
