import { expect, test } from 'vitest'
import { crc32c, recordEnds, recordOf } from '../../../src/runs/tensorboard/records.ts'

const bytes = (text: string) => Buffer.from(text)

test('the checksum is that of RFC 3720, appendix B.4', () => {
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa')
  expect(crc32c(new Uint8Array(32).fill(255)).toString(16)).toBe('62a8ab43')
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16)).toBe('46dd794e')
})

test('a record has its length and two checksums around its bytes', () => {
  const record = recordOf(bytes('abc'))
  expect([record.length, record.readBigUInt64LE(), record.subarray(12, 15).toString()]).toEqual([
    19,
    3n,
    'abc',
  ])
})

test('records are found up to the first that is cut off or damaged', () => {
  const file = Buffer.concat(['a', '', 'abcdef'].map((text) => recordOf(bytes(text))))
  expect(recordEnds(file)).toEqual([17, 33, 55])
  expect(recordEnds(file.subarray(0, 54))).toEqual([17, 33])
  for (const place of [17, 26, 33 + 12, 54]) {
    const damaged = Buffer.from(file)
    damaged[place]! ^= 1
    expect(recordEnds(damaged).length, String(place)).toBe(place < 33 ? 1 : 2)
  }
  expect(recordEnds(Buffer.alloc(0))).toEqual([])
})
