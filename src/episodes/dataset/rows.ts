// Columns of an episode as rows of numbers, checked.
import { sum } from '../../common/statistics.ts'
import { pasteColumns, sizeOf } from '../../common/tensors.ts'
import type { Hdf5File, Numbers } from './hdf5.ts'
import type { Column, Columns } from './layout.ts'

export interface Rows<T extends Float32Array | Float64Array> {
  count: number
  width: number
  values: T // [count, width]
}

type Precision = 'float32' | 'float64'
type Values = { float32: Float32Array; float64: Float64Array }
const MAKE = { float32: Float32Array, float64: Float64Array }

/**
 * Columns side by side, of equally many rows. DimaError `invalid_dataset` where one is missing, is not as wide as in the
 * first episode, or holds what is not finite in this precision.
 */
export function readRows<P extends Precision>(
  file: Hdf5File,
  episode: string,
  columns: Columns,
  precision: P,
): Rows<Values[P]> {
  const parts = columns.map((column) => readColumn(file, episode, column, precision))
  if (parts.length === 1) return parts[0]!
  return joinRows(parts, precision)
}

function readColumn<P extends Precision>(
  file: Hdf5File,
  episode: string,
  { key, width }: Column,
  precision: P,
): Rows<Values[P]> {
  const path = `${episode}/${key}`
  const { shape, values } = file.numbers(path)
  const [count = 0, ...rest] = shape
  const given = shape.length === 0 ? 0 : sizeOf(rest)
  if (given !== width)
    throw file.invalid(path, `has ${given} numbers a row, not ${width}`, { expected: width, given })
  return { count, width, values: finite(file, path, values, width, precision) }
}

/** Converts, and names the first number that is lost. */
function finite<P extends Precision>(
  file: Hdf5File,
  path: string,
  values: Numbers,
  width: number,
  precision: P,
): Values[P] {
  const converted = new MAKE[precision](values) as Values[P]
  const lost = converted.findIndex((value) => !Number.isFinite(value))
  if (lost < 0) return converted
  const field = `${path}[${Math.floor(lost / width)}, ${lost % width}]`
  throw file.invalid(path, `row ${Math.floor(lost / width)}, entry ${lost % width} is ${values[lost]}`, {
    field,
    expected: `finite in ${precision}`,
    given: String(values[lost]),
  })
}

/** Row by row next to each other: the reverse of cutting a joint array by agent. */
export function joinRows<P extends Precision>(
  parts: readonly Rows<Values[P]>[],
  precision: P,
): Rows<Values[P]> {
  const count = parts[0]?.count ?? 0
  const width = sum(parts.map((part) => part.width))
  const whole = new MAKE[precision](count * width) as Values[P]
  const values = pasteColumns(
    whole,
    count,
    parts.map((part) => part.values),
  )
  return { count, width, values }
}
