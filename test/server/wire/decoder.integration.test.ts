// Bodies that a thread reads: the same values as here, in turns of the keys, and the thread is replaced when it dies.
import { expect, onTestFinished, test } from 'vitest'
import { Decoder } from '../../../src/server/wire/decoder.ts'
import { encodeMsgpack } from '../../../src/server/wire/msgpack.ts'
import { copyNumbers } from '../../../src/server/wire/numbers.ts'
import { pack, unpack } from '../../../src/server/wire/pack.ts'
import { WireTensor } from '../../../src/server/wire/tensor.ts'

const table = <T>(length: number, entry: (i: number) => T): T[] => Array.from({ length }, (_, i) => entry(i))
const cross = (value: unknown) => unpack(structuredClone(pack(value)))

function decoder(): Decoder {
  const made = new Decoder()
  onTestFinished(() => made.close())
  return made
}

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
/** Heavy by its number of lists. */
const heavy = (extra: object = {}) => ({ actions: table(3000, (i) => table(4, (j) => [i, j])), ...extra })

test('regular numbers cross as tensors, everything else as it was', () => {
  const value = {
    actions: table(2, (i) => table(3, (j) => [i, j])),
    starts: [{ states: [[1, 2]] }, { states: [[1, 2]], actions: [] }],
    ragged: [[1, 2], [3]],
    mixed: [1, 'x', null, true],
    tensors: [new WireTensor(Float32Array.of(1, 2), [2]), new WireTensor(Float64Array.of(3, 4), [2])],
    text: 'x',
    none: null,
  }
  expect(cross(value)).toEqual({
    ...value,
    actions: new WireTensor(Float64Array.of(0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2), [2, 3, 2]),
    starts: [
      { states: new WireTensor(Float64Array.of(1, 2), [1, 2]) },
      { states: new WireTensor(Float64Array.of(1, 2), [1, 2]), actions: [] },
    ],
    ragged: [new WireTensor(Float64Array.of(1, 2), [2]), new WireTensor(Float64Array.of(3), [1])],
    tensors: new WireTensor(Float64Array.of(1, 2, 3, 4), [2, 2]),
  })
})

test('a wrong entry keeps its place', () => {
  const actions: unknown[][][] = table(4, () => table(3, () => [0, 0]))
  actions[2]![1]![1] = 'x'
  const read = (value: unknown) => copyNumbers(value, [4, 3, 2], 'actions', new Float32Array(24))
  expect(() => read(cross(actions))).toThrow('actions[2][1][1] is not a number')
  actions[2]![1] = [0]
  expect(() => read(cross(actions))).toThrow('actions[2][1] has shape [1], expected [2]')
})

test('lists that are not regular are refused by name when there are many', () => {
  const ragged = { seed: 1, actions: table(20_000, (i) => table(1 + (i % 2), () => 0)) }
  expect(() => pack(ragged)).toThrow(
    expect.objectContaining({
      code: 'invalid_shape',
      details: expect.objectContaining({ field: 'actions' }),
    }),
  )
})

test('heavy bodies are read by a thread, light ones at once', async () => {
  const { decode } = bound(decoder())
  expect(decode(bytesOf({ seed: 1 }), 'json')).toEqual({ seed: 1 })
  const read = decode(bytesOf(heavy({ seed: 1 })), 'json')
  expect(read).toBeInstanceOf(Promise)
  const { actions, seed } = (await read) as { actions: WireTensor; seed: number }
  expect([seed, actions.shape, actions.data[8]]).toEqual([1, [3000, 4, 2], 1])
  expect(await decode(encodeMsgpack(heavy()), 'msgpack')).toEqual({ actions })
  await expect(decode(bytesOf(heavy()).subarray(1), 'json')).rejects.toMatchObject({ code: 'invalid_json' })
})

test('keys take turns', async () => {
  const one = decoder()
  const order: string[] = []
  const ask = (owner: string, name: string) =>
    Promise.resolve(one.decode(bytesOf(heavy()), 'json', owner)).then(() => void order.push(name))
  await Promise.all([ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3'), ask('b', 'b1'), ask('b', 'b2')])
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'b2'])
})

test('one key leaves others room to wait', async () => {
  const one = decoder()
  const mebibytes = (count: number) => Buffer.alloc(count * 1024 * 1024)
  const asked: Promise<unknown>[] = []
  const ask = (owner: string) => {
    const read = one.decode(mebibytes(16), 'json', owner, true) as Promise<unknown>
    asked.push(read)
    read.catch(() => {})
  }
  for (let i = 0; i < 9; i++) ask('a') // the first is being read
  expect(() => ask('a')).toThrow(expect.objectContaining({ code: 'rate_limited' }))
  for (let i = 0; i < 8; i++) ask('b')
  expect(() => ask('c')).toThrow(expect.objectContaining({ code: 'overloaded' }))
  await one.close()
  await Promise.allSettled(asked)
})

test('a body that ends the thread is refused, and the next one is read', async () => {
  const one = decoder()
  const first = one.decode(bytesOf(heavy()), 'json', 'a')
  const second = one.decode(bytesOf(heavy({ seed: 2 })), 'json', 'b')
  const { worker } = one as unknown as { worker: { terminate(): void } }
  worker.terminate()
  await expect(first).rejects.toMatchObject({ code: 'body_too_large' })
  expect(await second).toMatchObject({ seed: 2 })
})

test('what waits when the server stops is told so', async () => {
  const one = decoder()
  const reads = ['a', 'b'].map((owner) => one.decode(bytesOf(heavy()), 'json', owner))
  const told = Promise.all(reads.map((read) => expect(read).rejects.toMatchObject({ code: 'not_ready' })))
  await one.close()
  await told
})

const bound = (one: Decoder) => ({
  decode: (bytes: Buffer, format: 'json' | 'msgpack') => one.decode(bytes, format, 'me') as Promise<unknown>,
})
