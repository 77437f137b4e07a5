// Bytes with their digest in front, as msgpack: {sha256, content}. A disk or a copy that changed one of them is noticed
// when they are read.
import { createHash } from 'node:crypto'
import { Packr } from 'msgpackr'

const packr = new Packr({ useRecords: false, variableMapSize: true })
const digestOf = (content: Uint8Array): Buffer => createHash('sha256').update(content).digest()

export const seal = (content: Uint8Array): Buffer => packr.pack({ sha256: digestOf(content), content })

/** How sealed bytes begin, up to the digest. */
const BEGINNING = (() => {
  const empty = seal(Buffer.alloc(0))
  return Buffer.from(empty.subarray(0, empty.indexOf(digestOf(Buffer.alloc(0)))))
})()

/** The content; bytes that were never sealed are the content themselves. Throws where bytes have changed. */
export function unseal(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, BEGINNING.length).equals(BEGINNING)) return bytes
  const { sha256, content } = packr.unpack(bytes) as { sha256: Buffer; content?: Buffer }
  if (!content || !digestOf(content).equals(sha256)) throw new Error('its bytes do not match their digest')
  return content
}
