// Requests that mean nothing or harm: each is refused by name, or ends its own socket; the server goes on.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { MOST_BYTES } from '../../../src/env/bridge/limits.ts'
import { writeMessage } from '../../../src/env/bridge/write-message.ts'
import { array, type Message } from './fake-server.ts'
import { RawClient } from './raw-client.ts'
import { connect, serveToys } from './served.ts'

const make = { type: 'make', id: 1, env: 'Toy-v0', num_envs: 3 }
const actions = (): Message => ({ left: array('<f8', [3, 1]), right: array('<f8', [3, 2]) })

async function ready(): Promise<RawClient> {
  const client = await RawClient.open(await serveToys('next_step'))
  await client.ask(make)
  await client.ask({ type: 'reset', id: 2, seed: 1 })
  return client
}

test.each<[what: string, frame: Buffer | string | Message]>([
  ['text', '{"type":"make","id":1}'],
  ['an empty frame', Buffer.alloc(0)],
  ['bytes that mean nothing', Buffer.from('nonsense')],
  ['half a message', writeMessage(make).subarray(0, 20)],
  ['two messages', Buffer.concat([writeMessage(make), writeMessage(make)])],
  ['a list', writeMessage([make])],
  ['200,000 levels', Buffer.alloc(200_000, 0x91)],
  ['a map that claims 4 billion entries', Buffer.from('dfffffffff', 'hex')],
  ['two million values', Buffer.concat([Buffer.from('81a161dd00200000', 'hex'), Buffer.alloc(2 ** 21)])],
  ['an extension', Buffer.from('81a161d47200', 'hex')],
  ['no id', { type: 'make' }],
  ['a text for an id', { type: 'make', id: '1' }],
  ['half an id', { type: 'make', id: 0.5 }],
  ['a negative id', { type: 'make', id: -1 }],
  ['an id of 33 bits', { type: 'make', id: 2 ** 32 }],
])('%s is no message: one answer, then the socket is closed', async (_, frame) => {
  const url = await serveToys('disabled')
  const client = await RawClient.open(url)
  expect(await client.ask(frame)).toEqual({
    type: 'error',
    code: 'invalid_request',
    message: expect.any(String),
    fatal: true,
  })
  expect(await client.closed).toBe(1008)
  expect((await connect(url, { numEnvs: 1 })).numEnvs).toBe(1)
})

test('an oversized message', async () => {
  const url = await serveToys('disabled')
  const client = await RawClient.open(url)
  client.send(Buffer.alloc(MOST_BYTES + 1))
  expect(await client.closed).toBe(1009)
  expect((await connect(url, { numEnvs: 1 })).numEnvs).toBe(1)
})

test.each<[what: string, request: Message, code: string, says: RegExp]>([
  ['no type', {}, 'unsupported', /make, reset, step/],
  ['an unknown type', { type: 'hello' }, 'unsupported', /make, reset, step/],
  ['a type that every object has', { type: 'constructor' }, 'unsupported', /make, reset, step/],
  ['a list for a type', { type: ['step'] }, 'unsupported', /make, reset, step/],
  ['no environment', { ...make, env: undefined }, 'invalid_request', /^env/],
  ['a number for an environment', { ...make, env: 5 }, 'invalid_request', /^env .*string.*given 5/],
  ['no copies', { ...make, num_envs: 0 }, 'invalid_request', /^num_envs/],
  ['half a copy', { ...make, num_envs: 0.5 }, 'invalid_request', /^num_envs/],
  ['4,097 copies', { ...make, num_envs: 4097 }, 'invalid_request', /^num_envs .*4096 at most/],
  ['a million copies', { ...make, num_envs: 1_000_000 }, 'invalid_request', /^num_envs .*65536/],
  ['a negative seed', { ...make, seed: -1 }, 'invalid_request', /^seed/],
  ['a list for options', { ...make, options: [1] }, 'invalid_request', /^options/],
])('make with %s', async (_, request, code, says) => {
  const client = await RawClient.open(await serveToys('disabled'))
  const refusal = { type: 'error', re: 7, code, message: expect.stringMatching(says), fatal: false }
  expect(await client.ask({ ...request, id: 7 })).toEqual(refusal)
  expect(await client.ask(make)).toMatchObject({ type: 'made' })
})

test.each<[what: string, request: Message, code: string, says: RegExp]>([
  ['no actions', { type: 'step' }, 'invalid_action', /^actions/],
  [
    'an agent missing',
    { type: 'step', actions: { left: actions().left } },
    'invalid_action',
    /^actions.right/,
  ],
  [
    'an agent too many',
    { type: 'step', actions: { ...actions(), up: 1 } },
    'invalid_action',
    /unknown agent.*up/,
  ],
  [
    'a list of numbers',
    { type: 'step', actions: { ...actions(), left: [0, 0, 0] } },
    'invalid_action',
    /^actions.left/,
  ],
  [
    'one copy',
    { type: 'step', actions: { ...actions(), left: array('<f8', [1, 1]) } },
    'invalid_action',
    /\[3, 1\]/,
  ],
  [
    'a flat array',
    { type: 'step', actions: { ...actions(), left: array('<f8', [3]) } },
    'invalid_action',
    /\[3, 1\]/,
  ],
  [
    'another dtype',
    { type: 'step', actions: { ...actions(), left: array('<f4', [3, 1]) } },
    'invalid_action',
    /<f4/,
  ],
  [
    'objects',
    { type: 'step', actions: { ...actions(), left: { ...array('<f8', [3, 1]), nd: '|O' } } },
    'invalid_action',
    /\|O/,
  ],
  [
    'a shape that says more than there is',
    { type: 'step', actions: { ...actions(), left: { ...array('<f8', [3, 1]), s: [1e9, 1e9] } } },
    'invalid_action',
    /^actions.left/,
  ],
  [
    'too few bytes',
    { type: 'step', actions: { ...actions(), left: { ...array('<f8', [3, 1]), d: Buffer.alloc(23) } } },
    'invalid_action',
    /24 bytes/,
  ],
  [
    'NaN',
    { type: 'step', actions: { ...actions(), right: array('<f8', [3, 2], [0, 0, 0, Number.NaN, 0, 0]) } },
    'invalid_action',
    /^actions.right\[1\]\[1\]/,
  ],
  ['a mask of other copies', { type: 'reset', mask: array('|u1', [2]) }, 'invalid_request', /^mask/],
  ['a mask of floats', { type: 'reset', mask: array('<f4', [3]) }, 'invalid_request', /^mask/],
  ['a mask of 2', { type: 'reset', mask: array('|u1', [3], [0, 2, 0]) }, 'invalid_request', /^mask\[1\]/],
  ['a list for a mask', { type: 'reset', mask: [1, 0, 0] }, 'invalid_request', /^mask/],
  ['seeds of other copies', { type: 'reset', seed: array('<u4', [2]) }, 'invalid_request', /^seed/],
  ['seeds of floats', { type: 'reset', seed: array('<f8', [3]) }, 'invalid_request', /^seed/],
  ['half a seed', { type: 'reset', seed: 0.5 }, 'invalid_request', /^seed/],
  ['text for a seed', { type: 'reset', seed: '1' }, 'invalid_request', /^seed/],
])('%s: refused, and nothing has moved', async (_, request, code, says) => {
  const client = await ready()
  const refusal = { type: 'error', re: 7, code, message: expect.stringMatching(says), fatal: false }
  expect(await client.ask({ ...request, id: 7 })).toEqual(refusal)
  const step = { type: 'step', id: 8, actions: actions() }
  const { timing_ms, ...after } = (await client.ask(step))!
  const { timing_ms: _time, ...expected } = (await (await ready()).ask(step))!
  expect(after).toEqual(expected)
})

test('a reset without a seed after a refused one goes on with the stream', async () => {
  const [client, other] = [await ready(), await ready()]
  await client.ask({ type: 'reset', id: 3, seed: -5 })
  expect(await client.ask({ type: 'reset', id: 4 })).toEqual(await other.ask({ type: 'reset', id: 4 }))
})

const VALUES: unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  '',
  'x',
  [],
  [[]],
  {},
  { nd: 1 },
  Buffer.of(1),
  2 ** 40,
  array('<f8', [3, 1]),
]
const FIELDS = ['type', 'id', 'env', 'num_envs', 'seed', 'options', 'mask', 'actions', 'copy', 'constructor']

test('3,000 confused or damaged requests: one answer each, or the end of the socket', async () => {
  const url = await serveToys('next_step')
  const rng = new Rng('hostile')
  const pick = <T>(list: readonly T[]): T => list[rng.int(list.length)]!
  const confused = (): Buffer =>
    writeMessage({
      ...make,
      type: pick(['make', 'reset', 'step', 'render', 'nothing']),
      actions: actions(),
      ...Object.fromEntries(Array.from({ length: rng.int(4) }, () => [pick(FIELDS), pick(VALUES)])),
    })
  let client = await RawClient.open(url)
  const outcomes: Record<string, number> = {}
  for (let i = 0; i < 3000; i++) {
    const frame = confused()
    if (rng.int(3) === 0) frame[rng.int(frame.length)] = rng.int(256)
    const answer = await client.ask(frame)
    expect(answer, frame.toString('hex')).toBeDefined()
    const outcome = answer!.code ?? answer!.type
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (answer!.fatal || outcome === 'closed') {
      await client.closed
      client = await RawClient.open(url)
    }
  }
  expect(outcomes.internal).toBeUndefined()
  for (const outcome of ['made', 'reset_ok', 'step_ok', 'invalid_request', 'invalid_action', 'unsupported'])
    expect(outcomes[outcome], outcome).toBeGreaterThan(10)
})
