// How many chunks of a dataset were ever written, where an extensible array is their index: of datasets that can grow in one
// dimension (HDF5 File Format Specification 3.0, VII.D).
import { addressIn, checkLetters, type FileBytes, onlyOnce } from './file-bytes.ts'
import { CHECKSUM, countDefined, countInPages, isSet } from './pages.ts'

/**
 * Elements 0 to e are in the index block, the next ones in data blocks that it points to, all others in data blocks that
 * its secondary blocks point to. Secondary block i would have 2^(i/2) data blocks of 2^((i+1)/2) m elements.
 */
export function countInExtensibleArray(file: FileBytes, address: number): number {
  const head = file.at(address, 72)
  checkLetters(head, 'EAHD')
  const [size, indexBits, inIndex, smallest, pointers, pageBits] = [6, 7, 8, 9, 10, 11].map((at) =>
    head.getUint8(at),
  ) as [number, number, number, number, number, number]
  const prefix = 14 + Math.ceil(indexBits / 8)
  const array = { size, smallest, pageLength: 2 ** pageBits, prefix, once: onlyOnce() }
  const index = addressIn(head, 60)
  if (index === undefined) return 0
  checkLetters(file.at(index, 4), 'EAIB')
  let place = index + 14
  let count = countDefined(file, place, inIndex, size)
  place += inIndex * size
  const direct = 2 * Math.log2(pointers) // secondary blocks whose data blocks the index block points to itself
  const all = 1 + indexBits - Math.log2(smallest)
  for (let i = 0; i < all; i++) {
    const blocks = i < direct ? 2 ** Math.floor(i / 2) : 1
    for (let j = 0; j < blocks; j++, place += 8) {
      const block = addressIn(file.at(place, 8), 0)
      if (block === undefined) continue
      const countIn = i < direct ? countInDataBlock : countInSecondary
      count += countIn(file, array.once(block), i, array)
    }
  }
  return count
}

interface ExtensibleArray {
  /** bytes of an element */
  size: number
  /** elements of the smallest data block */
  smallest: number
  /** elements of a page: larger data blocks have pages */
  pageLength: number
  /** bytes of a block before its content */
  prefix: number
  once: ReturnType<typeof onlyOnce>
}

const elementsOf = (i: number, { smallest }: ExtensibleArray) => 2 ** Math.floor((i + 1) / 2) * smallest

function countInSecondary(file: FileBytes, address: number, i: number, array: ExtensibleArray): number {
  checkLetters(file.at(address, 4), 'EASB')
  const blocks = 2 ** Math.floor(i / 2)
  const pages = pagesOf(i, array)
  const bits = file.at(address + array.prefix, blocks * Math.ceil(pages / 8))
  const pointers = file.at(address + array.prefix + bits.byteLength, 8 * blocks)
  let count = 0
  for (let j = 0; j < blocks; j++) {
    const block = addressIn(pointers, 8 * j)
    if (block !== undefined)
      count += countInDataBlock(file, array.once(block), i, array, (page) => isSet(bits, j * pages + page))
  }
  return count
}

/** 0 where the data blocks have none. */
function pagesOf(i: number, array: ExtensibleArray): number {
  const elements = elementsOf(i, array)
  return elements > array.pageLength ? elements / array.pageLength : 0
}

function countInDataBlock(
  file: FileBytes,
  address: number,
  i: number,
  array: ExtensibleArray,
  written = (_page: number) => true,
): number {
  checkLetters(file.at(address, 4), 'EADB')
  const { size, pageLength, prefix } = array
  const pages = pagesOf(i, array)
  if (pages === 0) return countDefined(file, address + prefix, elementsOf(i, array), size)
  const first = address + prefix + CHECKSUM
  return countInPages(file, { first, pages, pageLength, last: pageLength, size, written })
}
