// The checker as a whole; what it finds broken is tested rule by rule in vector/.
import { expect, test } from 'vitest'
import { checkVectorEnv } from '../../../src/env/contract/check-vector-env.ts'
import type { AutoresetMode } from '../../../src/env/vector/vector-env.ts'
import { TOY_LIMIT } from './toy-env.ts'
import { ToyVectorEnv } from './toy-vector-env.ts'
import { altered, answers } from './vector/broken-vector-envs.ts'

const modes: AutoresetMode[] = ['disabled', 'next_step', 'same_step', 'next_step_acted']
const options = { steps: 60, episodeLimit: TOY_LIMIT }
const skipped = (results: { skipped?: string }[]) => results.flatMap(({ skipped }) => skipped ?? [])

test.each(modes)('passes copies that keep the contract under autoreset %s, and closes them', async (mode) => {
  const env = new ToyVectorEnv(mode)
  const titles: string[] = []
  const results = await checkVectorEnv(env, { ...options, onResult: ({ title }) => titles.push(title) })
  expect(results.map(({ title }) => title)).toEqual(titles)
  expect(skipped(results)).toEqual([])
  expect(env.closed).toBe(true)
})

test.each(modes)('passes copies that only start together under autoreset %s', async (mode) => {
  const env = altered(mode, 'reset', (reset) => (options = {}) => {
    if (options.mask) throw new Error('no masks here')
    return reset(options)
  })
  env.subsetReset = false
  expect(skipped(await checkVectorEnv(env, options))).toEqual(['the environment resets all copies together'])
})

test('passes a single copy', async () => {
  const env = new ToyVectorEnv('next_step')
  env.numEnvs = 1
  env.copies = env.copies.slice(0, 1)
  expect(skipped(await checkVectorEnv(env, options))).toEqual([])
})

test('leaves out what an environment does not promise, and says so', async () => {
  const noisy = altered(
    'next_step',
    'reset',
    (reset) =>
      ({ mask } = {}) =>
        reset(mask ? { mask } : {}),
  )
  const results = await checkVectorEnv(noisy, { ...options, deterministic: false })
  expect(new Set(skipped(results))).toEqual(new Set(['the environment promises no determinism']))
  const short = await checkVectorEnv(new ToyVectorEnv('disabled'), { ...options, steps: 1 })
  expect(skipped(short)).toEqual(['no episode ended within 1 steps, so no end was seen'])
})

test('answers may overwrite one another where that was said', async () => {
  const states = new Float64Array(3)
  const overwriting = () =>
    answers('next_step', (answer) => {
      states.set(answer.states)
      answer.states = states
    })
  const results = await checkVectorEnv(overwriting(), { ...options, overwrites: true })
  expect(skipped(results)).toEqual(['its answers overwrite one another, as was said'])
  await expect(checkVectorEnv(overwriting(), options)).rejects.toThrow(
    /changed what had been returned before/,
  )
})

test('closes what it has found broken', async () => {
  const env = answers('disabled', ({ rewards }) => rewards.left!.fill(Number.NaN))
  await expect(checkVectorEnv(env)).rejects.toMatchObject({ code: 'contract_broken' })
  expect(env.closed).toBe(true)
})
