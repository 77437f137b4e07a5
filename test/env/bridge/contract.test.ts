// Bridged environments keep the contracts of local ones.
import { expect, test } from 'vitest'
import { BridgeEnv, connectBridgeEnv } from '../../../src/env/bridge/bridge-env.ts'
import { checkParallelEnv } from '../../../src/env/contract/check-parallel-env.ts'
import { checkVectorEnv } from '../../../src/env/contract/check-vector-env.ts'
import { TOY_LIMIT } from '../contract/toy-env.ts'
import { connect, MODES, serve, servedAs, serveToys, toySpec, toys } from './served.ts'

const options = { steps: 60, episodeLimit: TOY_LIMIT }
const skipped = (results: { skipped?: string }[]) => results.flatMap(({ skipped }) => skipped ?? [])

test.each(MODES)('copies under autoreset %s', async (autoreset) => {
  const env = await connect(await serveToys(autoreset), { numEnvs: 3 })
  expect(skipped(await checkVectorEnv(env, options))).toEqual([])
})

test.each(MODES)('copies that only start together under autoreset %s', async (autoreset) => {
  const url = await serve({
    make: () => {
      const env = servedAs(toys(autoreset), toySpec)
      env.subsetReset = false
      return Promise.resolve(env)
    },
  })
  const env = await connect(url, { numEnvs: 3 })
  expect(skipped(await checkVectorEnv(env, options))).toEqual(['the environment resets all copies together'])
})

test.each(MODES)('copies under autoreset %s whose answers overwrite one another', async (autoreset) => {
  const env = await connect(await serveToys(autoreset), { numEnvs: 3, copy: false })
  const results = await checkVectorEnv(env, { ...options, overwrites: true })
  expect(skipped(results)).toEqual(['its answers overwrite one another, as was said'])
})

test('answers that overwrite one another are in the same arrays, but for the last observations', async () => {
  const env = await connect(await serveToys('same_step'), { numEnvs: 1, copy: false })
  const still = { left: [0], right: [0, 0] }
  const start = await env.reset({ seed: 1 })
  const answers = []
  for (let i = 0; i < 2 * TOY_LIMIT; i++) answers.push(await env.step(still))
  for (const { states, observations } of answers) {
    expect(states).toBe(start.states)
    expect(observations.right).toBe(start.observations.right)
  }
  const ends = answers.flatMap(({ final }) => final ?? [])
  expect(ends).toHaveLength(2)
  expect(ends[0]!.states).not.toEqual(ends[1]!.states)
})

test.each(MODES)('one copy as a ParallelEnv over a server with autoreset %s', async (autoreset) => {
  const env = await connectBridgeEnv(await serveToys(autoreset))
  expect(skipped(await checkParallelEnv(env, options))).toEqual([])
})

test('one copy in float32', async () => {
  const env = await connectBridgeEnv(await serveToys('disabled', { dtype: 'float32' }))
  expect(skipped(await checkParallelEnv(env, options))).toEqual([])
})

test('float32 keeps seven digits', async () => {
  const [whole, half] = [await serveToys('disabled'), await serveToys('disabled', { dtype: 'float32' })]
  const starts = await Promise.all(
    [whole, half].map(async (url) => (await connect(url, { numEnvs: 3 })).reset({ seed: 1 })),
  )
  const [expected, given] = starts.map(({ states }) => states)
  expect(given).toEqual(new Float64Array(new Float32Array(expected!)))
  expect(given).not.toEqual(expected)
})

test('under same_step the episode that has begun is given out by reset, and lost to a seed alone', async () => {
  const local = toys('same_step', 1)
  const env = new BridgeEnv(await connect(await serveToys('same_step'), { numEnvs: 1 }))
  const still = { left: [0], right: [0, 0] }
  const first = await env.reset({ seed: 3 })
  expect((await local.reset({ seed: 3 })).observations).toEqual(first.observations)
  for (let i = 0; i < TOY_LIMIT; i++) await env.step(still)
  expect(env.agents).toEqual([])
  expect(env.state()).toEqual(first.observations.left!.slice(0, 1)) // it stood still
  const second = await env.reset()
  expect((await local.reset()).observations).toEqual(second.observations)
  expect(env.state()).not.toEqual(first.observations.left!.slice(0, 1))
  for (let i = 0; i < TOY_LIMIT; i++) await env.step(still)
  expect((await env.reset({ seed: 3 })).observations).toEqual(first.observations)
})

test('there is no state before the first reset', async () => {
  const env = await connectBridgeEnv(await serveToys('disabled'))
  expect(() => env.state()).toThrow(expect.objectContaining({ code: 'no_episode' }))
  await env.close()
  expect(() => env.state()).toThrow(expect.objectContaining({ code: 'environment_closed' }))
})

test('the seed of make is that of the first reset without one', async () => {
  const url = await serveToys('disabled')
  const [given, made, later] = await Promise.all(
    [{}, { seed: 8 }, { seed: 8 }].map((options) => connect(url, { numEnvs: 2, ...options })),
  )
  const start = await given!.reset({ seed: 8 })
  expect(await made!.reset()).toEqual(start)
  expect(await made!.reset()).not.toEqual(start)
  expect(await later!.reset({ seed: 1 })).not.toEqual(start)
  expect(await later!.reset()).toEqual(start)
})

test('steps may be sent before the answers to others have come', async () => {
  const local = toys('next_step')
  const env = await connect(await serveToys('next_step'), { numEnvs: 3 })
  const actions = Array.from({ length: 30 }, (_, i) => ({
    left: [i % 2, 0.1, 0],
    right: [0, 0.3, 0, 0, -1, 0],
  }))
  expect(await env.reset({ seed: 1 })).toMatchObject(await local.reset({ seed: 1 }))
  const steps = await Promise.all(actions.map((joint) => env.step(joint)))
  for (const [i, joint] of actions.entries()) expect(steps[i]).toMatchObject(await local.step(joint))
})
