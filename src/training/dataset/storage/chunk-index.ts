// How many chunks of a dataset were ever written, by the five kinds of index that HDF5 has for them (HDF5 File Format
// Specification 3.0, III.A.1 and VII). An address that is undefined is a chunk that nobody wrote.
import { addressIn, checkLetters, type FileBytes } from './file-bytes.ts'

const TREE = { header: 24, address: 8 }

/** Version 1 B-tree; a key has the chunk's size, its mask, and its offset in each dimension and within an element. */
export function countInTree(file: FileBytes, address: number, dimensions: number): number {
  const key = 8 + 8 * dimensions
  const visit = (node: number, above: number): number => {
    const head = file.at(node, TREE.header)
    checkLetters(head, 'TREE')
    const [level, entries] = [head.getUint8(5), head.getUint16(6, true)]
    if (level >= above) throw new Error('the file is damaged: a B-tree without an end')
    if (level === 0) return entries
    const body = file.at(node + TREE.header, entries * (key + TREE.address))
    let count = 0
    for (let i = 0; i < entries; i++)
      count += visit(addressIn(body, i * (key + TREE.address) + key) ?? -1, level)
    return count
  }
  return visit(address, 256)
}

/** Version 2 B-tree: its header has the number of its records. */
export function countInTree2(file: FileBytes, address: number): number {
  const head = file.at(address, 34)
  checkLetters(head, 'BTHD')
  return Number(head.getBigUint64(26, true))
}

export function countInFixedArray(file: FileBytes, address: number): number {
  const head = file.at(address, 24)
  checkLetters(head, 'FAHD')
  const [size, pageBits] = [head.getUint8(6), head.getUint8(7)]
  const [count, block] = [Number(head.getBigUint64(8, true)), addressIn(head, 16)]
  if (block === undefined) return 0
  checkLetters(file.at(block, 4), 'FADB')
  const prefix = 14
  const pageLength = 2 ** pageBits
  if (count <= pageLength) return countDefined(file, block + prefix, count, size)
  const pages = Math.ceil(count / pageLength)
  const bits = file.at(block + prefix, Math.ceil(pages / 8))
  const first = block + prefix + bits.byteLength + CHECKSUM
  const last = count - (pages - 1) * pageLength
  return countInPages(file, { first, pages, pageLength, last, size, written: (page) => isSet(bits, page) })
}

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
  const array = { size, smallest, pageLength: 2 ** pageBits, prefix: 14 + Math.ceil(indexBits / 8) }
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
      count += i < direct ? countInDataBlock(file, block, i, array) : countInSecondary(file, block, i, array)
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
      count += countInDataBlock(file, block, i, array, (page) => isSet(bits, j * pages + page))
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

const CHECKSUM = 4

interface Pages {
  first: number
  pages: number
  pageLength: number
  /** elements of the last page */
  last: number
  /** bytes of an element */
  size: number
  written: (page: number) => boolean
}

function countInPages(file: FileBytes, { first, pages, pageLength, last, size, written }: Pages): number {
  let count = 0
  for (let page = 0; page < pages; page++) {
    const place = first + page * (pageLength * size + CHECKSUM)
    if (written(page)) count += countDefined(file, place, page === pages - 1 ? last : pageLength, size)
  }
  return count
}

/** Of `count` elements that begin with an address each. */
function countDefined(file: FileBytes, place: number, count: number, size: number): number {
  const view = file.at(place, count * size)
  let defined = 0
  for (let i = 0; i < count; i++) if (addressIn(view, i * size) !== undefined) defined++
  return defined
}

/** The highest bit of a byte comes first. */
const isSet = (bits: DataView, i: number): boolean => (bits.getUint8(i >> 3) & (0x80 >> (i & 7))) !== 0
