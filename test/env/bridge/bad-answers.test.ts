// Every answer that is not as it was declared is refused by name, and the connection is over.
import { expect, test } from 'vitest'
import { BridgeVectorEnv } from '../../../src/env/bridge/bridge-vector-env.ts'
import { MOST_BYTES } from '../../../src/env/bridge/limits.ts'
import { writeMessage } from '../../../src/env/bridge/write-message.ts'
import { array, fakeServer, final, type Message, spoil } from './fake-server.ts'

const still = { a: [0, 0], b: [0, 0, 0, 0] }
const ended = () => array('|u1', [2], [1, 0])

/** Steps until it fails, and again: a connection that broke the protocol is of no use any more. */
async function failure(url: string, steps = 1): Promise<unknown> {
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2 })
  try {
    await env.reset()
    for (let i = 0; i < steps; i++) await env.step(still)
  } catch (error) {
    await expect(env.step(still)).rejects.toBe(error)
    await expect(env.reset()).rejects.toBe(error)
    return error
  } finally {
    await env.close()
  }
  return 'it was accepted'
}

const protocolError = (field: string, expected: unknown, given: unknown) => ({
  code: 'bridge_protocol',
  details: { field, expected, given },
})

test('what the table below spoils is accepted as it is', async () => {
  const { url } = await fakeServer()
  expect(await failure(url)).toBe('it was accepted')
})

type Case = [
  what: string,
  change: (good: Message) => unknown,
  field: string,
  expected: unknown,
  given: unknown,
]

const steps: Case[] = [
  ['an agent missing', ({ obs }) => delete obs.b, 'obs.b', ['a', 'b'], 'nothing'],
  ['an agent too many', ({ obs }) => (obs.c = obs.a), 'obs', ['a', 'b'], 'c'],
  ['no observations', (good) => delete good.obs, 'obs', 'a map of agents', 'nothing'],
  ['observations for nobody', (good) => (good.obs = 7), 'obs', 'a map of agents', 7],
  ['a list for an array', ({ obs }) => (obs.a = [0, 0, 0, 0]), 'obs.a', '{nd, s, d}', [0, 0, 0, 0]],
  ['too few rows', ({ obs }) => (obs.a = array('<f4', [1, 2])), 'obs.a', [2, 2], [1, 2]],
  ['other entries', ({ obs }) => (obs.b = array('<f8', [2, 2])), 'obs.b', [2, 3], [2, 2]],
  ['an axis too many', ({ obs }) => (obs.b = array('<f8', [2, 3, 1])), 'obs.b', [2, 3], [2, 3, 1]],
  ['a flat array', ({ obs }) => (obs.b = array('<f8', [6])), 'obs.b', [2, 3], [6]],
  ['no shape', ({ obs }) => delete obs.a.s, 'obs.a', [2, 2], 'nothing'],
  ['another dtype', ({ obs }) => (obs.a = array('<f8', [2, 2])), 'obs.a', '<f4', '<f8'],
  ['big endian', ({ obs }) => (obs.a.nd = '>f4'), 'obs.a', '<f4', '>f4'],
  ['objects', ({ obs }) => (obs.a.nd = '|O'), 'obs.a', '<f4', '|O'],
  ['complex numbers', ({ obs }) => (obs.a.nd = '<c8'), 'obs.a', '<f4', '<c8'],
  ['no dtype', ({ obs }) => delete obs.a.nd, 'obs.a', '<f4', 'nothing'],
  ['too few bytes', ({ obs }) => (obs.a.d = Buffer.alloc(15)), 'obs.a', '16 bytes', '15 bytes'],
  ['no bytes', ({ obs }) => (obs.a.d = 'xxxxxxxxxxxxxxxx'), 'obs.a', '16 bytes', 'xxxxxxxxxxxxxxxx'],
  [
    'NaN in an observation',
    ({ obs }) => (obs.a = array('<f4', [2, 2], [0, 0, Number.NaN, 0])),
    'obs.a[1][0]',
    'a finite number',
    'NaN',
  ],
  [
    'an infinite observation',
    ({ obs }) => (obs.b = array('<f8', [2, 3], [0, 0, 0, 0, 0, Number.NEGATIVE_INFINITY])),
    'obs.b[1][2]',
    'a finite number',
    '-Infinity',
  ],
  ['no state', (good) => delete good.state, 'state', '{nd, s, d}', 'nothing'],
  ['another state', (good) => (good.state = array('<f4', [2, 5])), 'state', [2, 4], [2, 5]],
  [
    'NaN in the state',
    (good) => (good.state = array('<f4', [2, 4], [Number.NaN, 0, 0, 0, 0, 0, 0, 0])),
    'state[0][0]',
    'a finite number',
    'NaN',
  ],
  ['no rewards', (good) => delete good.reward, 'reward', 'a map of agents', 'nothing'],
  ['a reward missing', ({ reward }) => delete reward.a, 'reward.a', ['a', 'b'], 'nothing'],
  ['a shared reward', (good) => (good.reward = array('<f4', [2])), 'reward.a', ['a', 'b'], 'nothing'],
  ['rewards in integers', ({ reward }) => (reward.a = array('<i4', [2])), 'reward.a', '<f4 or <f8', '<i4'],
  ['rewards of one copy', ({ reward }) => (reward.a = array('<f4', [1])), 'reward.a', [2], [1]],
  [
    'an infinite reward',
    ({ reward }) => (reward.b = array('<f8', [2], [0, Number.POSITIVE_INFINITY])),
    'reward.b[1]',
    'a finite number',
    'Infinity',
  ],
  ['no flags', (good) => delete good.terminated, 'terminated', '{nd, s, d}', 'nothing'],
  ['flags of one copy', (good) => (good.truncated = array('|u1', [1])), 'truncated', [2], [1]],
  ['flags in floats', (good) => (good.truncated = array('<f4', [2])), 'truncated', '|u1', '<f4'],
  ['a flag of 2', (good) => (good.truncated = array('|u1', [2], [0, 2])), 'truncated[1]', '0 or 1', 2],
  [
    'both ends at once',
    (good) => {
      good.terminated = ended()
      good.truncated = ended()
    },
    'truncated[0]',
    0,
    1,
  ],
  ['a final', (good) => (good.final = final(0)), 'final', 'nothing', 'a map'],
  ['infos in a list', (good) => (good.info = [1]), 'info', 'a map of arrays', [1]],
  ['another type', (good) => (good.type = 'reset_ok'), 'type', 'step_ok', 'reset_ok'],
  ['an unknown type', (good) => (good.type = 'stepped'), 'type', 'step_ok', 'stepped'],
  ['no type', (good) => delete good.type, 'type', 'step_ok', 'nothing'],
  ['another id', (good) => good.id++, 'id', 3, 4],
  ['no id', (good) => delete good.id, 'id', 3, 'nothing'],
]

test.each(steps)('%s', async (_, change, field, expected, given) => {
  const server = await fakeServer(
    spoil('step', (good) => {
      change(good)
      return good
    }),
  )
  const error = await failure(server.url)
  expect(error).toMatchObject(protocolError(field, expected, given))
  expect((error as Error).message).toContain(`${server.url}/, the answer to step: ${field}`)
  expect(await server.closed).toBe(1006)
})

const sameStep: Case[] = [
  ['no final', () => {}, 'final', 'the last of copies 0', 'nothing'],
  ['a final for another', (good) => (good.final = final(1)), 'final.index[0]', 0, 1],
  ['a final out of range', (good) => (good.final = final(7)), 'final.index[0]', 0, 7],
  ['a negative index', (good) => (good.final = final(-1)), 'final.index[0]', 0, -1],
  ['a final for both', (good) => (good.final = final(0, 1)), 'final.index', [1], [2]],
  ['a final for none', (good) => (good.final = final()), 'final.index', [1], [0]],
  [
    'an index in bytes',
    (good) => (good.final = { ...final(0), index: array('|u1', [1]) }),
    'final.index',
    '<i4',
    '|u1',
  ],
  [
    'all last observations',
    (good) => (good.final = { ...final(0), obs: good.obs }),
    'final.obs.a',
    [1, 2],
    [2, 2],
  ],
  [
    'no last state',
    (good) => (good.final = { ...final(0), state: null }),
    'final.state',
    '{nd, s, d}',
    'nothing',
  ],
  [
    'NaN at last',
    (good) => (good.final = { ...final(0), state: array('<f4', [1, 4], [0, 0, 0, Number.NaN]) }),
    'final.state[0][3]',
    'a finite number',
    'NaN',
  ],
]

test.each(sameStep)('same_step with %s', async (_, change, field, expected, given) => {
  const end = (good: Message) => {
    good.terminated = ended()
    change(good)
    return good
  }
  const { url } = await fakeServer(spoil('step', end, { autoreset: 'same_step' }))
  expect(await failure(url)).toMatchObject(protocolError(field, expected, given))
})

test('under same_step a final of no copy is as good as none', async () => {
  const empty = (good: Message) => ({ ...good, final: final() })
  const { url } = await fakeServer(spoil('step', empty, { autoreset: 'same_step' }))
  expect(await failure(url)).toBe('it was accepted')
})

const resetting: Case[] = [
  ['a reward', (good) => (good.reward.b = array('<f8', [2], [0.5, 0])), 'reward.b[0]', 0, 0.5],
  ['an end', (good) => (good.truncated = ended()), 'copy 0', 'no end', 'an end'],
]

test.each(resetting)(
  'next_step with %s in the step that resets',
  async (_, change, field, expected, given) => {
    let count = 0
    const server = await fakeServer(
      spoil(
        'step',
        (good) => {
          if (++count === 1) good.terminated = ended()
          else change(good)
          return good
        },
        { autoreset: 'next_step' },
      ),
    )
    expect(await failure(server.url, 2)).toMatchObject(protocolError(field, expected, given))
  },
)

test('a shared reward for each agent, and the observations joined where there is no state', async () => {
  const { url } = await fakeServer((good, { type }) => {
    delete good.state
    if (type === 'make') return { ...good, reward: 'shared', state_space: null }
    if (type === 'close') return good
    good.obs = {
      a: array('<f4', [2, 2], [1, 2, 3, 4]),
      b: array('<f8', [2, 3], [5, 6, 7, 8, 9, 10]),
    }
    return { ...good, ...(type === 'step' && { reward: array('<f8', [2], [0.5, 1.5]) }) }
  })
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2 })
  await env.reset()
  const { rewards, states } = await env.step(still)
  expect(rewards).toEqual({ a: Float64Array.of(0.5, 1.5), b: Float64Array.of(0.5, 1.5) })
  expect(rewards.a).not.toBe(rewards.b)
  expect(states).toEqual(Float64Array.of(1, 2, 5, 6, 7, 3, 4, 8, 9, 10))
  expect(env.stateSpace.names).toEqual(['a.obs_0', 'a.obs_1', 'b.obs_0', 'b.obs_1', 'b.obs_2'])
  await env.close()
})

test('a state that was not declared', async () => {
  const { url } = await fakeServer(spoil('nothing', (good) => good, { state_space: null }))
  expect(await failure(url)).toMatchObject(protocolError('state', 'nothing', 'a map'))
})

test.each<[what: string, answer: Buffer | string, field: string, given: unknown]>([
  ['a text frame', '{"type":"step_ok"}', 'frame', 'text'],
  ['bytes that mean nothing', Buffer.from('nonsense'), 'frame', /another value|after its end/],
  ['half a message', writeMessage({ type: 'step_ok', id: 3 }).subarray(0, -1), 'frame', /end in the middle/],
  ['an oversized frame', Buffer.alloc(MOST_BYTES + 1), 'frame', 'more'],
])('%s', async (_, answer, field, given) => {
  const { url } = await fakeServer(spoil('step', () => answer))
  const text = given instanceof RegExp ? expect.stringMatching(given) : given
  expect(await failure(url)).toMatchObject({ code: 'bridge_protocol', details: { field, given: text } })
})

test('an answer that nobody asked for', async () => {
  const { url } = await fakeServer((good, { type }, socket) => {
    if (type === 'reset') setTimeout(() => socket.send(writeMessage({ ...good, type: 'step_ok' })), 20)
    return good
  })
  const env = await BridgeVectorEnv.connect(url, { numEnvs: 2 })
  await env.reset()
  await new Promise((resolve) => setTimeout(resolve, 200))
  await expect(env.step(still)).rejects.toMatchObject(protocolError('type', 'nothing', 'step_ok'))
  await env.close()
})

test.each<[what: string, change: Message, field: string, given: unknown]>([
  ['another protocol', { proto: 'marl-env/2' }, 'proto', 'marl-env/2'],
  ['no list of environments', { envs: 'Fake' }, 'envs', 'Fake'],
  ['another message', { type: 'made' }, 'type', 'made'],
])('a greeting with %s', async (_, change, field, given) => {
  const { url } = await fakeServer(undefined, (good) => ({ ...good, ...change }))
  await expect(BridgeVectorEnv.connect(url, { numEnvs: 2 })).rejects.toMatchObject({
    code: 'bridge_protocol',
    message: expect.stringContaining('the answer to hello'),
    details: { field, given },
  })
})
