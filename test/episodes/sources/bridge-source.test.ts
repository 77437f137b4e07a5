import { describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { AutoresetMode } from '../../../src/env/vector/vector-env.ts'
import { openBridge } from '../../../src/episodes/sources/bridge-source.ts'
import { VectorSource } from '../../../src/episodes/sources/vector-source.ts'
import { servePaid, serveSynthetic, syntheticSpec } from './served.ts'
import { syntheticVectorEnv } from './synthetic-vector-env.ts'

const options = { seed: 3, policyStd: 0.5, envs: 2, envTokenVariable: '' }
const endingOf = (seed: number) => ({ length: 3 + (seed % 10), fails: seed % 3 === 0 })
const seedOf = (index: number) => new Rng(3, 'collect', index).uint32()

async function collect(source: VectorSource, count: number) {
  const episodes = []
  while (episodes.length < count) episodes.push(...(await source.collect(episodes.length, 1)))
  await source.close()
  return episodes
}

describe.each<AutoresetMode>(['disabled', 'next_step', 'same_step', 'next_step_acted'])(
  'under %s',
  (autoreset) => {
    test('episodes over the wire are those of the environment itself', async () => {
      const { url } = await serveSynthetic({ autoreset, endingOf, seedOf })
      const env = syntheticVectorEnv({ copies: 2, autoreset, endingOf, seedOf })
      const direct = new VectorSource({ spec: syntheticSpec }, { kind: 'environment' }, env, options)
      expect(await collect(await openBridge(url, 'Synthetic', options), 9)).toEqual(await collect(direct, 9))
    })
  },
)

test('says what it is', async () => {
  const { url } = await serveSynthetic({})
  const source = await openBridge(url, 'Synthetic', options)
  expect(source.spec).toMatchObject({ ...syntheticSpec, reward: expect.any(String) })
  expect(source.origin).toEqual({ kind: 'bridge', url, deterministic: true })
  const secret = await openBridge(
    `${url.replace('//', '//me:secret@')}/?token=x`,
    'Synthetic',
    options,
  ).catch(String)
  expect(JSON.stringify(secret)).not.toMatch(/secret|token=x/)
  const starts = await source.starts(5)
  expect(starts.map((state) => state.length)).toEqual([3, 3, 3, 3, 3])
  expect(await source.starts(5)).toEqual(starts)
  await source.close()
})

test.each([
  [
    -2,
    [
      "WARNING: Synthetic: the agents have rewards of their own (agent_0 1, agent_1 -2). Their mean is learned, as the team's reward",
    ],
  ],
  [1, []],
] as const)('tells once of agents that are paid %d and 1', async (other, expected) => {
  const { url } = await servePaid([1, other])
  const notes: string[] = []
  const source = await openBridge(url, 'Synthetic', { ...options, note: (line) => void notes.push(line) })
  expect(source.spec.reward).toBe('as the remote environment defines it, the mean over the agents')
  const [episode] = await source.collect(0, 1)
  expect(notes).toEqual(expected)
  expect(source.spec.reward).toContain(
    other === 1 ? 'the mean over the agents' : "the mean of the agents' own rewards",
  )
  expect([...new Set(episode!.rewards)]).toEqual([(1 + other) / 2])
  await source.close()
})

describe('a token', () => {
  test('is read from the environment variable that was named', async () => {
    const { url } = await serveSynthetic({}, { token: 'hush' })
    process.env.DIMA_TEST_TOKEN = 'hush'
    await (await openBridge(url, 'Synthetic', { ...options, envTokenVariable: 'DIMA_TEST_TOKEN' })).close()
    delete process.env.DIMA_TEST_TOKEN
    await expect(openBridge(url, 'Synthetic', options)).rejects.toMatchObject({
      code: expect.stringMatching(/^bridge_/),
    })
  })

  test('is asked for where the variable is empty', async () => {
    const without = openBridge('ws://127.0.0.1:9', 'x', { ...options, envTokenVariable: 'DIMA_NO_TOKEN' })
    await expect(without).rejects.toMatchObject({
      code: 'invalid_config',
      message: 'the environment variable DIMA_NO_TOKEN holds no token',
    })
  })
})

test('closing it ends the session', async () => {
  let closed = 0
  const { url } = await serveSynthetic({ onClose: () => closed++ })
  const source = await openBridge(url, 'Synthetic', options)
  await Promise.all([source.close(), source.close()])
  await expect.poll(() => closed, { timeout: 30_000 }).toBe(1)
})

test('nobody there is bridge_lost', async () => {
  await expect(openBridge('ws://127.0.0.1:9', 'x', options)).rejects.toMatchObject({ code: 'bridge_lost' })
})
