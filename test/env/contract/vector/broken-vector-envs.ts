// Ways to break the toy vector environment, and a test for each that the checker finds it.
import { expect, test } from 'vitest'
import { checkVectorEnv } from '../../../../src/env/contract/check-vector-env.ts'
import type { AutoresetMode, VectorReset, VectorStep } from '../../../../src/env/vector/vector-env.ts'
import { TOY_LIMIT } from '../toy-env.ts'
import { ToyVectorEnv } from '../toy-vector-env.ts'

/** A toy of which one method is another. */
export function altered<K extends 'reset' | 'step' | 'close'>(
  autoreset: AutoresetMode,
  method: K,
  replace: (original: ToyVectorEnv[K], env: ToyVectorEnv) => ToyVectorEnv[K],
): ToyVectorEnv {
  const env = new ToyVectorEnv(autoreset)
  const original = env[method].bind(env) as ToyVectorEnv[K]
  return Object.assign(env, { [method]: replace(original, env) })
}

export const answers = (
  autoreset: AutoresetMode,
  change: (answer: VectorStep, env: ToyVectorEnv) => unknown,
) =>
  altered(autoreset, 'step', (step, env) => async (actions) => {
    const answer = await step(actions)
    change(answer, env)
    return answer
  })

export const starts = (change: (answer: VectorReset) => unknown) =>
  altered('disabled', 'reset', (reset) => async (options) => {
    const answer = await reset(options)
    change(answer)
    return answer
  })

export type Row = [fault: string, make: () => ToyVectorEnv, message: RegExp]

/** One test a row: the checker says what is broken, in which call, and under which of its titles. */
export function findsEach(rows: Row[]): void {
  test.each(rows)('finds %s', async (_fault, make, message) => {
    const checked = checkVectorEnv(make(), { steps: 60, episodeLimit: TOY_LIMIT })
    await expect(checked).rejects.toMatchObject({
      code: 'contract_broken',
      message: expect.stringMatching(message),
      details: { call: expect.any(String), rule: expect.any(String) },
    })
  })
}
