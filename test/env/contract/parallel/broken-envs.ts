// Ways to break the toy environment, and a test for each that the checker finds it.
import { expect, test } from 'vitest'
import { checkParallelEnv } from '../../../../src/env/contract/check-parallel-env.ts'
import type { ResetResult, StepResult } from '../../../../src/env/parallel-env.ts'
import { TOY_LIMIT, ToyEnv } from '../toy-env.ts'

/** A toy environment of which one method is another. */
export function altered<K extends 'reset' | 'step' | 'state' | 'close' | 'observationSpace' | 'actionSpace'>(
  method: K,
  replace: (original: ToyEnv[K], env: ToyEnv) => ToyEnv[K],
): ToyEnv {
  const env = new ToyEnv()
  const original = env[method].bind(env) as ToyEnv[K]
  Object.assign(env, { [method]: replace(original, env) })
  return env
}

export const answers = (change: (answer: StepResult, env: ToyEnv) => unknown) =>
  altered('step', (step, env) => (actions) => {
    const answer = step(actions)
    change(answer, env)
    return answer
  })

export const starts = (change: (answer: ResetResult, env: ToyEnv) => unknown) =>
  altered('reset', (reset, env) => (options) => {
    const answer = reset(options)
    change(answer, env)
    return answer
  })

/** Refusals whose message `accept` picks become `instead`. */
export const refusing = (accept: (message: string) => boolean, instead: (env: ToyEnv) => StepResult) =>
  altered('step', (step, env) => (actions) => {
    try {
      return step(actions)
    } catch (error) {
      if (accept((error as Error).message)) return instead(env)
      throw error
    }
  })

export type Row = [fault: string, make: () => ToyEnv, message: RegExp]

/** One test a row: the checker says what is broken, in which call, and under which of its titles. */
export function findsEach(rows: Row[]): void {
  test.each(rows)('finds %s', async (_fault, make, message) => {
    const checked = checkParallelEnv(make(), { steps: 60, episodeLimit: TOY_LIMIT })
    await expect(checked).rejects.toMatchObject({
      code: 'contract_broken',
      message: expect.stringMatching(message),
      details: { call: expect.any(String), rule: expect.any(String) },
    })
  })
}
