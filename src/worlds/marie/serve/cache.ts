// Keys and values of the steps that rows remember, as the graph reads them. Rows that step in company stand side by side in one
// block, which is given to the engine as it is: a step writes its own positions, and nothing else is copied. A block has room for a
// few steps more than there are; when that is used up, its rows move into a larger one. N agents, T positions, M layers, h heads,
// w width of one.
import type { Caches } from './calls.ts'
import type { History } from './history.ts'
import type { sizesOf } from './manifest.ts'

type Sizes = ReturnType<typeof sizesOf>

/** Keys and values of the steps of a history; belongs to one row. */
export interface Cached {
  history: History
  block: Block | undefined
  /** of the row in it */
  place: number
}

interface Block {
  /** T */
  room: number
  /** of a layer, first all keys, [rows, N, h, T, w] each */
  parts: Float32Array[]
  /** that all are in */
  buffer: ArrayBufferLike
}

/** A row before a call. */
export interface Filled {
  cached: Cached
  /** positions that count */
  filled: number
}

/** No history at all. */
export const NOTHING: History = new Float32Array()

export const emptyCache = (): Cached => ({ history: NOTHING, block: undefined, place: 0 })

/** Of a row that remembers all it can. */
export const cacheBytes = (sizes: Sizes): number => 4 * 2 * sizes.M * rowWidth(sizes, sizes.T)

/** Memory that it keeps, with that of the rows beside it. */
export const bufferOf = ({ block }: Cached): ArrayBufferLike | undefined => block?.buffer

/** Steps that a block grows by. */
const GROWTH = 3

/**
 * T of a row with so many positions. It is the row's own, whatever shares its batch: sums over positions depend on it to the last
 * bit.
 */
export function roomFor({ K, P, T }: Sizes, filled: number): number {
  const steps = Math.ceil((filled - K) / (P * GROWTH)) * GROWTH
  return Math.min(T, K + steps * P)
}

/** Places of rows, those of one room together. */
export function byRoom(sizes: Sizes, filled: readonly number[]): number[][] {
  const groups = new Map<number, number[]>()
  for (const [place, positions] of filled.entries()) {
    const room = roomFor(sizes, positions)
    const group = groups.get(room)
    if (group) group.push(place)
    else groups.set(room, [place])
  }
  return [...groups.values()]
}

/** What rows of one room have cached, side by side. */
export function sideBySide(sizes: Sizes, rows: readonly Filled[]): Caches {
  const room = roomFor(sizes, rows[0]!.filled)
  if (!standTogether(rows, room)) move(sizes, rows, room)
  const { block, place } = rows[0]!.cached
  const width = rowWidth(sizes, room)
  const own = (part: Float32Array) => part.subarray(place * width, (place + rows.length) * width)
  return { room, filled: rows.map(({ filled }) => filled), parts: block!.parts.map(own) }
}

function standTogether(rows: readonly Filled[], room: number): boolean {
  const { block, place } = rows[0]!.cached
  const isNext = ({ cached }: Filled, i: number) => cached.block === block && cached.place === place + i
  return block?.room === room && rows.every(isNext)
}

/** Into a block of their own. */
function move(sizes: Sizes, rows: readonly Filled[], room: number): void {
  const block = blockOf(sizes, rows.length, room)
  for (const [place, { cached, filled }] of rows.entries()) {
    if (cached.block && filled > 0) copy(sizes, filled, { ...cached, block: cached.block }, { block, place })
    Object.assign(cached, { block, place })
  }
}

function blockOf(sizes: Sizes, rows: number, room: number): Block {
  const [parts, size] = [2 * sizes.M, rows * rowWidth(sizes, room)]
  const all = new Float32Array(parts * size)
  const each = Array.from({ length: parts }, (_, i) => all.subarray(i * size, (i + 1) * size))
  return { room, parts: each, buffer: all.buffer }
}

type Place = Pick<Required<Cached>, 'place'> & { block: Block }

function copy({ N, h, w }: Sizes, positions: number, from: Place, to: Place): void {
  for (const [i, part] of from.block.parts.entries())
    for (let head = 0; head < N * h; head++) {
      const first = (from.place * N * h + head) * from.block.room * w
      const place = (to.place * N * h + head) * to.block.room * w
      to.block.parts[i]!.set(part.subarray(first, first + positions * w), place)
    }
}

/**
 * Writes what a call added behind what is there. After the last step there is no room: all is forgotten then.
 * @param added [rows, N, 2 M, h, count, w]
 */
export function keep(sizes: Sizes, rows: readonly Filled[], added: Float32Array, count: number): void {
  const lacking = rows.filter(
    ({ cached, filled }) => filled + count <= sizes.T && (cached.block?.room ?? 0) < filled + count,
  )
  const reached = lacking.map(({ filled }) => filled + count)
  for (const places of byRoom(sizes, reached)) {
    const own = places.map((place) => lacking[place]!)
    move(sizes, own, roomFor(sizes, reached[places[0]!]!))
  }
  for (const [row, own] of rows.entries())
    if (own.filled + count <= sizes.T) write(sizes, own, { added, row, count })
}

function write(
  { N, M, h, w }: Sizes,
  { cached: { block, place }, filled: at }: Filled,
  { added, row, count }: { added: Float32Array; row: number; count: number },
): void {
  const size = count * w
  const { room, parts } = block!
  for (let agent = 0; agent < N; agent++)
    for (const [i, part] of parts.entries())
      for (let head = 0; head < h; head++) {
        const from = (((row * N + agent) * 2 * M + i) * h + head) * size
        const line = (place * N + agent) * h + head
        part.set(added.subarray(from, from + size), (line * room + at) * w)
      }
}

const rowWidth = ({ N, h, w }: Sizes, room: number): number => N * h * room * w
