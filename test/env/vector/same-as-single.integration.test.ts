// Every copy is, to the last bit, an environment of its own, whatever thread it is in and whatever is beside it.
import { expect, test, vi } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { type VectorEnvOptions, vectorEnvOf } from '../../../src/env/vector/make-vector-env.ts'
import type { AutoresetMode, VectorEnv } from '../../../src/env/vector/vector-env.ts'
import { oddTask } from './odd-task.ts'
import { actionsOf, randomActions } from './random-actions.ts'
import { outcomeOf, seenOf } from './rows.ts'
import { SingleEnv } from './single-env.ts'

vi.mock('../../../src/common/start-worker.ts', async (original) => {
  const { runOddTask } = await import('./odd-threads.ts') // this runs before the imports above
  return runOddTask(await original())
})

const modes: AutoresetMode[] = ['disabled', 'next_step', 'same_step', 'next_step_acted']
const cases: VectorEnvOptions[] = [
  ...[1, 5].flatMap((numEnvs) => modes.map((autoreset) => ({ workers: 0, numEnvs, autoreset }))),
  { workers: 1, numEnvs: 5, autoreset: 'disabled' },
  { workers: 2, numEnvs: 5, autoreset: 'next_step' },
  { workers: 3, numEnvs: 5, autoreset: 'same_step' },
  { workers: 3, numEnvs: 1, autoreset: 'disabled' },
]

test.each(cases)('$numEnvs copies, $workers workers, autoreset $autoreset', async (options) => {
  const { numEnvs, autoreset = 'disabled' } = options
  const env = await vectorEnvOf(oddTask, options)
  const singles = await Promise.all(Array.from({ length: numEnvs }, () => SingleEnv.make(oddTask, autoreset)))
  const rng = new Rng('actions')
  const started = await env.reset({ seed: 20 })
  singles.forEach((single, copy) => {
    expect(seenOf(started, copy, numEnvs)).toEqual(single.reset(20 + copy))
  })
  for (let i = 0; i < 60; i++) {
    if (autoreset === 'disabled') await resetThoseOver(env, singles)
    const actions = randomActions(env, rng)
    const answer = await env.step(actions)
    const expected = singles.map((single, copy) => single.step(actionsOf(actions, copy, numEnvs)))
    expect(singles.map((_, copy) => outcomeOf(answer, copy))).toEqual(expected)
  }
  for (const closing of [env, ...singles]) await closing.close()
})

async function resetThoseOver(env: VectorEnv, singles: SingleEnv[]): Promise<void> {
  const over = singles.map((single) => single.over)
  if (!over.includes(true)) return
  const answer = await env.reset({ mask: over.map(Number) })
  singles.forEach((single, copy) => {
    if (single.over) expect(seenOf(answer, copy, env.numEnvs)).toEqual(single.reset())
  })
}

test('the copies compared above end in both ways, at different times', async () => {
  const env = await vectorEnvOf(oddTask, { numEnvs: 5, autoreset: 'same_step' })
  const rng = new Rng('actions')
  await env.reset({ seed: 20 })
  const endings = { terminations: 0, truncations: 0, apart: 0 }
  for (let i = 0; i < 60; i++) {
    const { terminations, truncations, final } = await env.step(randomActions(env, rng))
    endings.terminations += Number(terminations.includes(1))
    endings.truncations += Number(truncations.includes(1))
    endings.apart += Number(final !== undefined && final.copies.length < 5)
  }
  for (const count of Object.values(endings)) expect(count).toBeGreaterThan(4)
  await env.close()
})
