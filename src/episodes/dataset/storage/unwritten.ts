// Whether the numbers of a dataset were ever written into the file: HDF5 reads what was not as zeros. Storage that was
// allocated and filled beforehand can't be told from data.
import { countInFixedArray, countInTree, countInTree2 } from './chunk-index.ts'
import { countInExtensibleArray } from './extensible-array.ts'
import { addressIn, type FileBytes } from './file-bytes.ts'
import { littleEndian, readMessages } from './object-header.ts'

const EXTERNAL_FILES = 0x07
const LAYOUT = 0x08
const [COMPACT, CONTIGUOUS, CHUNKED] = [0, 1, 2]

/**
 * What is wrong with a dataset of at least one number, in words; undefined: all of it is there.
 * @param header its address
 * @param chunks that it has where it has chunks
 */
export function unwritten(file: FileBytes, header: number, chunks: number): string | undefined {
  const messages = readMessages(file, header)
  if (messages.some(({ type }) => type === EXTERNAL_FILES))
    return 'has its numbers in another file: copy them into this one'
  const layout = messages.find(({ type }) => type === LAYOUT)
  if (!layout) throw new Error('the file is damaged: a dataset without a layout')
  const { kind, written } = readLayoutMessage(file, layout.body)
  if (written === 0) return 'was never written'
  if (kind === CHUNKED && written < chunks)
    return `was written in part: ${chunks - written} of ${chunks} chunks never were`
  return undefined
}

interface Stored {
  kind: number
  /** chunks; of other storage 1 if it is there */
  written: number
}

function readLayoutMessage(file: FileBytes, body: DataView): Stored {
  const version = body.getUint8(0)
  if (version < 1 || version > 5) throw new Error(`has a layout of an unknown version, ${version}`)
  if (version < 3) return readOldLayout(file, body)
  const kind = body.getUint8(1)
  if (kind === CONTIGUOUS) return { kind, written: presence(addressIn(body, 2)) }
  if (kind !== CHUNKED) return { kind, written: 1 } // in the header itself
  if (version > 3) return { kind, written: readIndex(file, body) }
  return { kind, written: countTree(file, addressIn(body, 3), body.getUint8(2)) }
}

/** Versions 1 and 2: dimensionality, class, five bytes, address. */
function readOldLayout(file: FileBytes, body: DataView): Stored {
  const kind = body.getUint8(2)
  if (kind === COMPACT) return { kind, written: 1 }
  const address = addressIn(body, 8)
  const written = kind === CHUNKED ? countTree(file, address, body.getUint8(1)) : presence(address)
  return { kind, written }
}

const presence = (address: number | undefined): number => (address === undefined ? 0 : 1)

const countTree = (file: FileBytes, address: number | undefined, dimensions: number): number =>
  address === undefined ? 0 : countInTree(file, address, dimensions)

const [SINGLE, IMPLICIT, FIXED, EXTENSIBLE, TREE] = [1, 2, 3, 4, 5]

/** Versions 4 and 5: flags, dimensionality, bytes of a dimension, dimensions, kind of index, its parameters, address. */
function readIndex(file: FileBytes, body: DataView): number {
  const [flags, dimensions, width] = [2, 3, 4].map((at) => body.getUint8(at)) as [number, number, number]
  const at = 5 + dimensions * width
  const index = body.getUint8(at)
  const filtered = index === SINGLE && (flags & 2) !== 0
  const parameters = filtered ? 12 : (PARAMETERS[index] ?? Number.NaN)
  if (Number.isNaN(parameters)) throw new Error(`has an index of chunks of an unknown kind, ${index}`)
  const address = addressIn(body, at + 1 + parameters)
  if (address === undefined) return 0
  if (index === FIXED) return countInFixedArray(file, address)
  if (index === EXTENSIBLE) return countInExtensibleArray(file, address)
  if (index === TREE) return countInTree2(file, address)
  return Number.POSITIVE_INFINITY // one chunk, or all of them at once
}

const PARAMETERS: Readonly<Record<number, number>> = {
  [SINGLE!]: 0,
  [IMPLICIT!]: 0,
  [FIXED!]: 1,
  [EXTENSIBLE!]: 5,
  [TREE!]: 6,
}

/** An object reference is the address of the object's header. */
export const headerAddress = (reference: ArrayLike<number>): number =>
  littleEndian(new DataView(Uint8Array.from(reference).buffer), 8)
