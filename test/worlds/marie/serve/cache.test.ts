// Caches of rows: what is written stays while they move, and rows in company are not copied.
import { expect, test } from 'vitest'
import {
  bufferOf,
  byRoom,
  type Cached,
  emptyCache,
  keep,
  roomFor,
  sideBySide,
} from '../../../../src/worlds/marie/serve/cache.ts'
import type { sizesOf } from '../../../../src/worlds/marie/serve/manifest.ts'

const [N, K, P, M, h, w, history] = [2, 2, 3, 1, 2, 1, 6]
const sizes = { N, K, P, M, h, w, history, T: K + (history - 1) * P } as ReturnType<typeof sizesOf>
const HEADS = N * 2 * M * h

/** Of rows: every position has the number of its row and its own. */
const numbers = (rows: number[], first: number, count: number) =>
  Float32Array.from(
    rows.flatMap((row) =>
      Array(HEADS)
        .fill(0)
        .flatMap(() => positions(row, first, count)),
    ),
  )
const positions = (row: number, first: number, count: number) =>
  Array.from({ length: count }, (_, i) => 100 * row + first + i)

function grown(rows: number[], steps: number): Cached[] {
  const caches = rows.map(emptyCache)
  const at = (filled: number) => caches.map((cached) => ({ cached, filled }))
  keep(sizes, at(0), numbers(rows, 0, K), K)
  for (let step = 0; step < steps; step++) {
    const filled = K + step * P
    sideBySide(sizes, at(filled))
    keep(sizes, at(filled), numbers(rows, filled, P), P)
  }
  return caches
}

test('every position stands where the graph reads it, however often its block grew', () => {
  const filled = K + 5 * P
  const caches = grown([1, 2], 5)
  const { room, parts } = sideBySide(
    sizes,
    caches.map((cached) => ({ cached, filled })),
  )
  expect(room).toBe(sizes.T)
  for (const part of parts)
    expect([...part]).toEqual(
      [1, 2].flatMap((row) =>
        Array(N * h)
          .fill(positions(row, 0, filled))
          .flat(),
      ),
    )
})

test('rows in company share a block and are given as they stand; a stranger moves them', () => {
  const [filled, rows] = [K + 2 * P, grown([1, 2, 3], 2)]
  const give = (caches: Cached[]) =>
    sideBySide(
      sizes,
      caches.map((cached) => ({ cached, filled })),
    )
  const before = bufferOf(rows[0]!)
  expect(give(rows).parts[0]!.buffer).toBe(before)
  expect(give(rows.slice(1)).parts[0]!.buffer).toBe(before)
  const mixed = give([rows[2]!, rows[0]!])
  expect(mixed.parts[0]!.buffer).not.toBe(before)
  expect([mixed.parts[0]![0], mixed.parts[0]![N * h * mixed.room]]).toEqual([300, 100])
})

test('after the last step nothing is written', () => {
  const [cached] = grown([1], 6) as [Cached]
  expect(cached.block!.room).toBe(sizes.T)
})

test('rows go by what they fill alone', () => {
  expect([0, 1, 3, 4, 5].map((steps) => roomFor(sizes, K + steps * P))).toEqual(
    [0, 3, 3, 5, 5].map((steps) => K + steps * P),
  )
  expect(byRoom(sizes, [K, K + P, K, K + 3 * P])).toEqual([
    [0, 2],
    [1, 3],
  ])
})
