// Thousands of frames that mean nothing: each is answered with a typed error or ends its own socket, and the server
// goes on. The frames are drawn from a seed, so a failure comes again.
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { OPERATION_NAMES, StreamError } from '../../../src/api/stream.ts'
import { Rng } from '../../../src/common/rng.ts'
import { OPERATION } from '../../../src/server/operations/table.ts'
import { type Client, connect, connected, connectRaw, startServer, until } from './fixture.ts'

const good = JSON.stringify({
  type: 'step',
  id: 7,
  session_id: 'a'.repeat(22),
  actions: [
    [0.5, 1],
    [0, 0],
  ],
})
// {"type": "step", "id": 7, "x": {"__ndarray__": true, "dtype": "<f4", "shape": [1], "data": 4 bytes}}
const packed = Buffer.from(
  '83a474797065a473746570a2696407a17884ab5f5f6e6461727261795f5fc3a56474797065a33c6634a5736861706591' +
    '01a464617461c40400000000',
  'hex',
)

const bytes = (rng: Rng, most: number): Buffer =>
  Buffer.from(Array.from({ length: rng.int(most) }, () => rng.int(256)))

/** The same with a few bytes overwritten, cut out or doubled. */
function damaged(frame: Buffer, rng: Rng): Buffer {
  let changed = Buffer.from(frame)
  for (let i = rng.int(4); i >= 0; i--) {
    const at = rng.int(changed.length)
    const kind = rng.int(3)
    if (kind === 0) changed[at] = rng.int(256)
    else if (kind === 1) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1)])
    else changed = Buffer.concat([changed.subarray(0, at), changed.subarray(Math.max(0, at - 5))])
  }
  return changed
}

const VALUES: unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e308,
  '',
  'x',
  '\u0000',
  '__proto__',
  [],
  [[]],
  [null],
  {},
  { a: 1 },
  [[[[[[1]]]]]],
  2 ** 53,
]
const FIELDS = [
  'id',
  'type',
  'session_id',
  'session_ids',
  'actions',
  'starts',
  'start',
  'seed',
  'count',
  'seeds',
  'snapshot',
  'model',
  'step_id',
  'deadline_ms',
  'request_id',
  'policy',
  'horizon',
  'samples',
  'outputs',
  'constructor',
  'toString',
]
const pick = <T>(list: readonly T[], rng: Rng): T => list[rng.int(list.length)]!

/** Fields that exist, with values that they can not have. */
function confused(rng: Rng): string {
  const fields = Array.from({ length: rng.int(5) }, () => [pick(FIELDS, rng), pick(VALUES, rng)])
  return JSON.stringify({ type: pick(OPERATION_NAMES, rng), id: 1, ...Object.fromEntries(fields) })
}

function nonsense(rng: Rng): string | Buffer {
  const kind = rng.int(5)
  if (kind === 0) return bytes(rng, 60)
  if (kind === 1) return damaged(packed, rng)
  if (kind === 2) return damaged(Buffer.from(good), rng).toString() // valid UTF-8 again
  if (kind === 3) return bytes(rng, 60).toString()
  return confused(rng)
}

test('2,000 malformed messages, 2,000 typed errors', async () => {
  const server = await startServer({ operations: OPERATION, config: { MAX_PIPELINE: 1024 } })
  const rng = new Rng(1, 'frames')
  const client = await connected(server)
  for (let i = 0; i < 2000; i++) {
    const frame = nonsense(rng)
    client.send(frame)
    await expectTypedError(client, frame)
  }
  client.send({ type: 'cancel', id: 'still there', request_id: 1 })
  expect(await client.next()).toMatchObject({ type: 'reply', id: 'still there' })
  expect(server.counted.closed).toEqual([])
})

async function expectTypedError(client: Client, frame: string | Buffer): Promise<void> {
  const answer = await client.next()
  const sent = typeof frame === 'string' ? frame : frame.toString('hex')
  if (answer.type === 'reply') return expect(['cancel', 'create'], sent).toContain(answer.op)
  expect(Value.Errors(StreamError, answer), sent).toEqual([])
  expect(answer.problem.status, `${sent} ${answer.problem.code}`).toBeLessThan(500)
  expect(JSON.stringify(answer), sent).not.toMatch(
    /node_modules|\.ts\b|\bat .*:\d+:\d+|\/(tmp|work|home|src|etc)\//,
  )
}

test('500 sockets that send bytes instead of frames', async () => {
  const server = await startServer({ config: { MAX_SOCKETS_PER_KEY: 1000 } })
  const rng = new Rng(2, 'bytes')
  const steady = await connect(server)
  await steady.next()
  for (let i = 0; i < 500; i++) {
    const socket = await connectRaw(server.port)
    socket.on('error', () => {})
    socket.end(bytes(rng, 200))
  }
  await until(() => server.counted.open === 1)
  steady.send({ type: 'get', id: 1 })
  expect(await steady.next()).toMatchObject({ type: 'reply', id: 1 })
})
