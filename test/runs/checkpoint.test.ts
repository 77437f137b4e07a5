import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Packr } from 'msgpackr'
import { describe, expect, test } from 'vitest'
import type { Checkpoint } from '../../src/algorithms/dima/checkpoint.ts'
import { Rng } from '../../src/common/rng.ts'
import { loadCheckpoint, saveCheckpoint } from '../../src/runs/checkpoint.ts'
import { sameBits } from '../common/close.ts'
import { temporaryFolder } from './data.ts'

const odd = [Math.PI, -0, 1e-310, Number.MAX_VALUE, 1 / 3, Number.NaN, Number.NEGATIVE_INFINITY]
const learner = (seed: number) => {
  const numbers = () => [new Rng(seed).normals(5), Float32Array.of(1e-42, -0, 3.4e38)]
  return { updates: seed, p: numbers(), m: numbers(), v: numbers() }
}
const checkpoint: Checkpoint = {
  epoch: 3,
  episodes: 7,
  environmentSteps: 7000,
  seconds: 12.25,
  statistics: {
    count: 7000.0001,
    mean: Float64Array.from(odd),
    variance: Float64Array.from(odd, (x) => x / 3),
  },
  visits: { decoder: Int32Array.of(1, -2, 2 ** 31 - 1), reward: new Int32Array(0) },
  learners: { decoder: learner(1), denoiser: learner(2), reward: learner(3) },
}

const saved = () => {
  const path = join(temporaryFolder(), 'checkpoint.msgpack')
  saveCheckpoint(path, checkpoint)
  return path
}

test('survives a round trip to the last bit and with the same types', () => {
  const path = saved()
  const loaded = loadCheckpoint<Checkpoint>(path)!
  expect(loaded).toEqual(checkpoint)
  expect(sameBits(loaded.statistics.mean, checkpoint.statistics.mean)).toBe(true)
  expect(sameBits(loaded.statistics.variance, checkpoint.statistics.variance)).toBe(true)
  expect(sameBits(loaded.learners.denoiser.v[1]!, checkpoint.learners.denoiser.v[1]!)).toBe(true)
  saveCheckpoint(`${path}.again`, loaded)
  expect(readFileSync(`${path}.again`).equals(readFileSync(path))).toBe(true)
})

test('loaded arrays are copies that can be written to', () => {
  const loaded = loadCheckpoint<Checkpoint>(saved())!
  loaded.visits.decoder[0] = 99
  expect(loaded.visits.decoder.byteOffset).toBe(0)
})

test('views into larger buffers are saved as what they show', () => {
  const path = join(temporaryFolder(), 'checkpoint.msgpack')
  const mean = Float64Array.of(0, 1, 2, 3).subarray(1, 3)
  saveCheckpoint(path, { ...checkpoint, statistics: { ...checkpoint.statistics, mean } })
  expect(loadCheckpoint<Checkpoint>(path)!.statistics.mean).toEqual(Float64Array.of(1, 2))
})

test('no file is no checkpoint', () => {
  expect(loadCheckpoint<Checkpoint>(join(temporaryFolder(), 'none'))).toBeUndefined()
})

describe('a damaged file is refused by name', () => {
  const refusal = (path: string) =>
    expect.objectContaining({
      code: 'invalid_config',
      message: expect.stringContaining(`the checkpoint ${path} is damaged: `),
    })

  test.each([0, 1, 2, 20, 200, 400, -1])('cut to %d bytes', (length) => {
    const path = saved()
    writeFileSync(path, readFileSync(path).subarray(0, length < 0 ? length : length))
    expect(() => loadCheckpoint<Checkpoint>(path)).toThrow(refusal(path))
  })

  test.each([
    ['text', Buffer.from('not a checkpoint')],
    ['a number', Buffer.of(5)],
    ['nil', Buffer.of(0xc0)],
    ['zeros', Buffer.alloc(4096)],
    [
      'half a float',
      new Packr({ useRecords: false }).pack({ version: 1, seconds: { type: 'f8', data: Buffer.alloc(7) } }),
    ],
    [
      'an unknown type',
      new Packr({ useRecords: false }).pack({ version: 1, seconds: { type: 'f2', data: Buffer.alloc(8) } }),
    ],
  ])('made of %s', (_, bytes) => {
    const path = join(temporaryFolder(), 'checkpoint.msgpack')
    writeFileSync(path, bytes)
    expect(() => loadCheckpoint<Checkpoint>(path)).toThrow(refusal(path))
  })
})

test('a flipped byte is refused, whatever it was, with what to do', () => {
  const path = saved()
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 0x10
    writeFileSync(path, changed)
    expect(() => loadCheckpoint<Checkpoint>(path)).toThrow(
      /is damaged: .*; put a copy in its place, or delete it: /,
    )
  }
})

test('checkpoints from before there were digests are read', () => {
  const path = saved()
  const { content } = new Packr({ useRecords: false }).unpack(readFileSync(path))
  writeFileSync(path, content)
  expect(loadCheckpoint<Checkpoint>(path)).toEqual(checkpoint)
})

test('another version is refused with both numbers', () => {
  const path = join(temporaryFolder(), 'checkpoint.msgpack')
  writeFileSync(path, new Packr({ useRecords: false }).pack({ version: 2 }))
  expect(() => loadCheckpoint<Checkpoint>(path)).toThrow('the checkpoint has version 2, this program reads 1')
})
