// How many chunks of a dataset were ever written, by the kinds of index that HDF5 has for them (HDF5 File Format
// Specification 3.0, III.A.1 and VII). For extensible arrays see there.
import { addressIn, checkLetters, type FileBytes, onlyOnce } from './file-bytes.ts'
import { CHECKSUM, countDefined, countInPages, isSet } from './pages.ts'

const TREE = { header: 24, address: 8 }

/** Version 1 B-tree; a key has the chunk's size, its mask, and its offset in each dimension and within an element. */
export function countInTree(file: FileBytes, address: number, dimensions: number): number {
  const key = 8 + 8 * dimensions
  const once = onlyOnce()
  const visit = (node: number, above: number): number => {
    const head = file.at(node, TREE.header)
    checkLetters(head, 'TREE')
    const [level, entries] = [head.getUint8(5), head.getUint16(6, true)]
    if (level >= above) throw new Error('the file is damaged: a B-tree without an end')
    if (level === 0) return entries
    const body = file.at(node + TREE.header, entries * (key + TREE.address))
    let count = 0
    for (let i = 0; i < entries; i++)
      count += visit(once(addressIn(body, i * (key + TREE.address) + key)), level)
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
