// A run in the address of a page, behind the model: `#cheetah@2&run=...`. What stands behind # is never sent to a server.
import type { Replayed } from './head.ts'
import { packRun, type SharedRun, unpackRun } from './packed-run.ts'
import { MARK } from './reference.ts'

/** A link does not unpack to more than this. */
const MOST_BYTES = 2 ** 20

/** @param reference name@version. Returns what stands behind # */
export async function hashOf(reference: string, run: SharedRun): Promise<string> {
  const packed = await through(packRun(run), new CompressionStream('deflate-raw'), Number.POSITIVE_INFINITY)
  return `#${encodeURIComponent(reference)}${MARK}${toText(packed)}`
}

/** Undefined where there is none. Throws Error in words. */
export async function runIn(hash: string, model: Replayed): Promise<SharedRun | undefined> {
  const [, text] = hash.split(MARK)
  if (text === undefined) return undefined
  let bytes: Uint8Array
  try {
    bytes = await through(toBytes(text), new DecompressionStream('deflate-raw'), MOST_BYTES)
  } catch {
    throw new Error("This link can't be replayed: it was cut or changed")
  }
  return unpackRun(bytes, model)
}

async function through(bytes: Uint8Array, change: GenericTransformStream, most: number): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  const changed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(change)
  const reader = changed.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > most) throw new Error('too large')
    parts.push(value)
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

function toText(bytes: Uint8Array): string {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const toBytes = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
