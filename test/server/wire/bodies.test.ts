// A body is what was sent, however it was cut, and is never more than it may be.
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { Bodies } from '../../../src/server/wire/bodies.ts'

const message = (headers: object = {}) =>
  Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & IncomingMessage
const limits = { BODY_LIMIT_BYTES: 300_000, UNFINISHED_BODIES_BYTES: 1_000_000 }

test('pieces of all sizes are put together', async () => {
  const rng = new Rng(1, 'bodies')
  for (const most of [1, 100, 5000, 150_000]) {
    const pieces = Array.from({ length: most === 1 ? 5000 : 20 }, () =>
      Buffer.from(Uint8Array.from({ length: rng.int(most) + 1 }, () => rng.int(256))),
    )
    const bodies = new Bodies({ BODY_LIMIT_BYTES: 2 ** 22, UNFINISHED_BODIES_BYTES: 2 ** 24 })
    const [sent, whole] = [message(), Buffer.concat(pieces)]
    const read = bodies.read(sent, 'me')
    for (const piece of pieces) sent.write(piece)
    sent.end()
    const bytes = await read
    expect(bytes.equals(whole)).toBe(true)
    expect(bytes.buffer.byteLength).toBe(whole.length) // its memory is its own
  }
  const empty = message()
  empty.end()
  expect(await new Bodies(limits).read(empty, 'me')).toHaveLength(0)
})

test('a body that is too large is refused when it says so, and when it does not', async () => {
  const bodies = new Bodies(limits)
  const refusal = expect.objectContaining({ code: 'body_too_large' })
  await expect(bodies.read(message({ 'content-length': '300001' }), 'me')).rejects.toEqual(refusal)
  const sent = message()
  const read = bodies.read(sent, 'me')
  sent.write(Buffer.alloc(300_001))
  await expect(read).rejects.toEqual(refusal)
})

test('a key has half of the room, and room that is given up is there again', async () => {
  const bodies = new Bodies(limits)
  const begin = (owner: string) => {
    const sent = message()
    const read = bodies.read(sent, owner).then(
      () => 'read',
      ({ code }) => code,
    )
    sent.write(Buffer.alloc(240_000))
    return { read, end: () => sent.end() }
  }
  const [a, b, c] = [begin('a'), begin('a'), begin('a')]
  expect(await c.read).toBe('rate_limited')
  const [d, e, f] = [begin('b'), begin('b'), begin('c')]
  expect(await f.read).toBe('overloaded')
  for (const one of [a, b, d, e]) one.end()
  expect(await Promise.all([a, b, d, e].map(({ read }) => read))).toEqual(Array(4).fill('read'))
  const again = begin('c')
  again.end()
  expect(await again.read).toBe('read')
})

test('what is under way when the server stops is refused, and so is what a caller leaves', async () => {
  const bodies = new Bodies(limits)
  const [half, left] = [message(), message()]
  const [read, abandoned] = [bodies.read(half, 'me'), bodies.read(left, 'me')]
  left.destroy()
  await expect(abandoned).rejects.toMatchObject({ code: 'canceled' })
  bodies.endAll()
  await expect(read).rejects.toMatchObject({ code: 'not_ready' })
})
