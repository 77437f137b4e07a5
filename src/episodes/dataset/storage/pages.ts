// Elements of an index, one a chunk, which begin with an address: undefined is a chunk that nobody wrote. Many of them are
// cut into pages, of which those are there that were written to.
import { addressIn, type FileBytes } from './file-bytes.ts'

export const CHECKSUM = 4

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

export function countInPages(
  file: FileBytes,
  { first, pages, pageLength, last, size, written }: Pages,
): number {
  let count = 0
  for (let page = 0; page < pages; page++) {
    const place = first + page * (pageLength * size + CHECKSUM)
    if (written(page)) count += countDefined(file, place, page === pages - 1 ? last : pageLength, size)
  }
  return count
}

/** Of `count` elements that begin with an address each. */
export function countDefined(file: FileBytes, place: number, count: number, size: number): number {
  const view = file.at(place, count * size)
  let defined = 0
  for (let i = 0; i < count; i++) if (addressIn(view, i * size) !== undefined) defined++
  return defined
}

/** The highest bit of a byte comes first. */
export const isSet = (bits: DataView, i: number): boolean => (bits.getUint8(i >> 3) & (0x80 >> (i & 7))) !== 0
