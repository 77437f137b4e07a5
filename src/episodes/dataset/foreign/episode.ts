// An episode of one agent as other layouts have it, and arrays of such files. T steps, O observation, A action.
import { sizeOf } from '../../../common/tensors.ts'
import type { Hdf5File } from '../hdf5.ts'

export interface ForeignEpisode {
  observations: Float64Array // [T, O]
  /** what is seen after the last action [O], where it was recorded */
  last: Float64Array | undefined
  actions: Float64Array // [T, A]
  rewards: Float64Array // [T]
  terminated: boolean
}

export interface ForeignTable {
  count: number
  width: number
  values: Float64Array
  /** those from `from` to `to`, without it */
  rows(from: number, to: number): Float64Array
}

/** @param count DimaError `invalid_dataset` where it has another number of rows */
export function table(file: Hdf5File, key: string, count?: number): ForeignTable {
  const { shape, values: given } = file.numbers(key)
  const [rows = 0, ...rest] = shape
  if (count !== undefined && rows !== count)
    throw file.invalid(key, `has ${rows} rows, not ${count} as actions`, { expected: count, given: rows })
  const [width, values] = [sizeOf(rest), Float64Array.from(given)]
  return { count: rows, width, values, rows: (from, to) => values.slice(from * width, to * width) }
}
