// Arrays and infos as other languages send them.
import { expect, test } from 'vitest'
import {
  readFloats,
  readIndices,
  readRows,
  readSeeds,
  wireArray,
  wireFloats,
} from '../../../src/env/bridge/arrays.ts'
import { connectBridgeEnv } from '../../../src/env/bridge/bridge-env.ts'
import { infosOf } from '../../../src/env/bridge/infos.ts'
import { readMessage } from '../../../src/env/bridge/read-message.ts'
import { writeMessage } from '../../../src/env/bridge/write-message.ts'
import { array, fakeServer, type Message } from './fake-server.ts'

const values = [0, 1.5, -2.25, 1e30, -0, 3]
const there = (message: Message) => readMessage(writeMessage(message)) as Message

test.each(['', 'x', 'xx', 'xxx', 'xxxx', 'xxxxxxx'])(
  'arrays survive at any place in a message: %j',
  (pad) => {
    const message = there({
      pad,
      a: array('<f8', [2, 3], values),
      b: array('<f4', [6], values),
      c: array('<i4', [2], [-1, 7]),
    })
    expect(readFloats(message.a, 'a', ['<f8'], [2, 3])).toEqual(Float64Array.from(values))
    expect(readFloats(message.b, 'b', ['<f4'], [6])).toEqual(new Float64Array(Float32Array.from(values)))
    expect(readIndices(message.c, 'c', [2])).toEqual(Int32Array.of(-1, 7))
  },
)

test('what is read is its own: neither the message nor another array changes it', () => {
  const message = there({ a: array('<f4', [2], [1, 2]), b: array('<f4', [2], [3, 4]) })
  const [a, b] = [readFloats(message.a, 'a', ['<f4'], [2]), readFloats(message.b, 'b', ['<f4'], [2])]
  message.a.d.fill(0)
  message.b.d.fill(0)
  expect([...a, ...b]).toEqual([1, 2, 3, 4])
})

test('keys and dtype may be binary, as Python writes them', () => {
  const binary = (entries: [string, unknown][]) =>
    new Map(entries.map(([key, value]) => [Buffer.from(key), value]))
  const d = Buffer.from(Float32Array.of(1, 2).buffer)
  const message = there({
    a: binary([
      ['nd', Buffer.from('<f4')],
      ['s', [2]],
      ['d', d],
    ]),
  })
  expect(readFloats(message.a, 'a', ['<f4', '<f8'], [2])).toEqual(Float64Array.of(1, 2))
})

test('large seeds stay what they are', () => {
  expect(readSeeds(there({ a: array('<u4', [1], [2 ** 32 - 1]) }).a, 'a', [1])).toEqual(
    Uint32Array.of(2 ** 32 - 1),
  )
})

test('a part of an array is written as the part it is', () => {
  const part = Float64Array.of(9, 1, 2, 9).subarray(1, 3)
  expect(readFloats(there({ a: wireArray('<f8', [2], part) }).a, 'a', ['<f8'], [2])).toEqual(
    Float64Array.of(1, 2),
  )
  expect(readFloats(there({ a: wireFloats('<f4', [2], part) }).a, 'a', ['<f4'], [2])).toEqual(
    Float64Array.of(1, 2),
  )
})

test.each<[what: string, value: Message]>([
  ['no rows', array('<f4', [], [1])],
  ['other rows', array('<f4', [2, 1])],
  ['a shape of halves', { ...array('<f4', [1]), s: [1, 0.5] }],
  ['a shape that says more', { ...array('<f4', [1]), s: [1, 1e9, 1e9] }],
  ['texts', { ...array('<f4', [1]), nd: '<U4' }],
])('rows with %s are refused', (_, value) => {
  expect(() => readRows(there(value), 'info.x', 1)).toThrow(
    expect.objectContaining({
      code: 'bridge_protocol',
      details: expect.objectContaining({ field: 'info.x' }),
    }),
  )
})

test('infos of one copy: common ones for all, own ones over them, of any dtype and not finite as well', () => {
  const info = there({
    fuel: array('<f8', [1], [Number.NaN]),
    hits: array('|u1', [1], [3]),
    path: array('<i4', [1, 2], [4, -5]),
    note: 'as it is',
    left: { fuel: array('<u4', [1], [7]), deep: { a: 1 } },
  })
  expect(infosOf(info, ['left', 'right'])).toEqual({
    left: { fuel: 7, hits: 3, path: Float64Array.of(4, -5), note: 'as it is', deep: { a: 1 } },
    right: { fuel: Number.NaN, hits: 3, path: Float64Array.of(4, -5), note: 'as it is' },
  })
  expect(infosOf(undefined, ['left'])).toEqual({ left: {} })
})

test('infos come with resets and steps', async () => {
  const { url } = await fakeServer((good, { type }) => {
    if (type === 'make') return { ...good, num_envs: 1, state_space: null, autoreset: 'next_step' }
    const info = { fuel: array('<f4', [1], [0.5]), a: { hits: array('<i4', [1], [2]) } }
    const obs = { a: array('<f4', [1, 2]), b: array('<f8', [1, 3]) }
    const flags = type === 'step' && {
      reward: { a: array('<f4', [1], [1.5]), b: array('<f4', [1], [2.5]) },
      terminated: array('|u1', [1]),
      truncated: array('|u1', [1], [1]),
    }
    return { ...good, ...flags, obs, state: undefined, info }
  })
  const env = await connectBridgeEnv(url)
  const infos = { a: { fuel: 0.5, hits: 2 }, b: { fuel: 0.5 } }
  expect(await env.reset()).toMatchObject({ infos })
  expect(await env.step({ a: [0], b: [0, 0] })).toMatchObject({
    infos,
    rewards: { a: 1.5, b: 2.5 },
    terminations: { a: false, b: false },
    truncations: { a: true, b: true },
  })
  await env.close()
})
