import { Packr, Unpackr } from 'msgpackr'
import { expect, test } from 'vitest'
import { seal, unseal } from '../../src/common/seal.ts'

const content = new Packr({ useRecords: false }).pack({ a: 1, b: Buffer.from('bytes') })

test('gives back the content, and is plain msgpack', () => {
  const sealed = seal(content)
  expect(unseal(sealed).equals(content)).toBe(true)
  expect(new Unpackr({ useRecords: false }).unpack(sealed)).toEqual({ sha256: expect.any(Buffer), content })
})

test('bytes that were never sealed are their own content', () => {
  expect(unseal(content)).toBe(content)
})

test('no bit can change and pass for the content', () => {
  const sealed = seal(content)
  for (let bit = 0; bit < 8 * sealed.length; bit++) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    let read: Buffer | undefined
    try {
      read = unseal(changed)
    } catch {}
    // What no longer looks sealed is not the content either.
    if (read) expect(read.equals(changed)).toBe(true)
  }
})
