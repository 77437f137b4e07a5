import { sum } from '../../common/statistics.ts'
import type { Room } from './arrays.ts'

/** Rows of several arrays side by side: parts [R, W_i] -> [R, sum of W_i]. */
export function joinRows(parts: readonly Float64Array[], rows: number, room: Room): Float64Array {
  const size = sum(parts.map((part) => part.length))
  const whole = room(size, 'state')
  let at = 0
  for (let row = 0; row < rows; row++)
    for (const part of parts) {
      const width = part.length / rows
      whole.set(part.subarray(row * width, (row + 1) * width), at)
      at += width
    }
  return whole
}
