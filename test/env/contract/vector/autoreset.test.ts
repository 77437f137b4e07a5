import { expect, test } from 'vitest'
import { checkVectorEnv } from '../../../../src/env/contract/check-vector-env.ts'
import type { VectorStep } from '../../../../src/env/vector/vector-env.ts'
import { TOY_LIMIT } from '../toy-env.ts'
import { altered, answers, findsEach, type Row } from './broken-vector-envs.ts'

const isOver = ({ terminations, truncations }: VectorStep, e: number) => terminations[e] || truncations[e]

/** Calls `change` with the copies whose episodes ended in the step before. */
const afterEnds = (
  mode: 'next_step' | 'next_step_acted',
  change: (answer: VectorStep, ended: number[]) => void,
) => {
  let ended: number[] = []
  return answers(mode, (answer) => {
    change(answer, ended)
    ended = [0, 1, 2].filter((e) => isOver(answer, e))
  })
}

const rows: Row[] = [
  [
    'disabled: a step that is not refused',
    () =>
      altered('disabled', 'step', (step, env) => async (actions) => {
        for (const copy of env.copies) if (copy.stepCount > 0 && copy.agents.length === 0) copy.reset()
        return step(actions)
      }),
    /^step\(\) while copies [\d,]+ need a reset: was accepted; it must throw no_episode/,
  ],
  [
    'disabled: a refused step that moves others',
    () =>
      altered('disabled', 'step', (step, env) => async (actions) => {
        const waiting = env.copies.some((copy) => copy.agents.length === 0)
        if (waiting) for (const copy of env.copies) if (copy.agents.length > 0) copy.position += 0.01
        return step(actions)
      }),
    /^reset\(\{ mask \}\): changed copy \d, which it was not to reset/,
  ],
  [
    'disabled: last observations apart',
    () => answers('disabled', (answer) => Object.assign(answer, { final: {} })),
    /^step\(\): final is given under autoreset disabled/,
  ],
  [
    'next_step: an end in the step that resets',
    () =>
      afterEnds('next_step', ({ terminations }, ended) => {
        for (const e of ended) terminations[e] = 1
      }),
    /^step\(\): copy \d ends in the step that resets it/,
  ],
  [
    'next_step: a reward for the step that resets',
    () =>
      afterEnds('next_step', ({ rewards }, ended) => {
        for (const e of ended) rewards.right![e] = 1
      }),
    /^step\(\): right gets 1 in copy \d for the step that resets it/,
  ],
  [
    'next_step: an action that counts',
    () =>
      altered('next_step', 'step', (step, env) => async (actions) => {
        const before = env.copies.map(({ agents }) => agents.length === 0)
        const answer = await step(actions)
        before.forEach((reset, e) => {
          if (reset) env.copies[e]!.position += 0.01 * actions.left![e]!
        })
        return { ...answer, ...env.look() }
      }),
    /^step\(\): the action of a step that resets had effect/,
  ],
  [
    'next_step: a copy that is not reset and goes on',
    () =>
      answers('next_step', (_, env) => {
        for (const copy of env.copies) if (copy.agents.length === 0) copy.agents = copy.possibleAgents
      }),
    /^step\(\): copy \d ends in the step that resets it/,
  ],
  [
    'next_step_acted: an action that does not count',
    () =>
      altered('next_step_acted', 'step', (step, env) => async (actions) => {
        const resetting = [0, 1, 2].filter((e) => env.copies[e]!.agents.length === 0)
        const answer = await step(actions)
        for (const e of resetting) {
          env.copies[e]!.position = 0.5
          for (const rewards of Object.values(answer.rewards)) rewards[e] = 0
        }
        return { ...answer, ...env.look() }
      }),
    /^step\(\): the action of a step that resets had no effect/,
  ],
  [
    'same_step: last observations that are missing',
    () => answers('same_step', (answer) => Reflect.deleteProperty(answer, 'final')),
    /^step\(\): final has copies \[\], not \[[\d,]+\]/,
  ],
  [
    'same_step: last observations of another copy',
    () => answers('same_step', ({ final }) => final?.copies.fill(9)),
    /^step\(\): final has copies \[9[9,]*\], not \[[\d,]+\]/,
  ],
  [
    'same_step: last observations of fewer agents',
    () => answers('same_step', ({ final }) => final && Reflect.deleteProperty(final.observations, 'left')),
    /^final of step\(\): observations has nothing for left/,
  ],
  [
    'same_step: a row that is still the last one',
    () =>
      answers('same_step', (answer) => {
        answer.final?.copies.forEach((e, k) => {
          answer.states[e] = answer.final!.states[k]!
        })
      }),
    /^step\(\): the state of copy \d is still the last one of its episode/,
  ],
  [
    'a truncation before the limit',
    () =>
      answers('next_step', ({ truncations }, env) => {
        if (env.copies[1]!.stepCount === 2 && env.copies[1]!.agents.length > 0) truncations[1] = 1
      }),
    /^step\(\): copy 1 is truncated at step 2 of an episode of at most 6/,
  ],
]

findsEach(rows)

test('a limit that is passed is found', async () => {
  const env = answers('same_step', ({ truncations }) => truncations)
  const checked = checkVectorEnv(env, { steps: 60, episodeLimit: TOY_LIMIT - 1 })
  await expect(checked).rejects.toThrow(/copy \d goes on after step 5 of an episode of at most 5/)
})
