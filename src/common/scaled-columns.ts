// Matrices in a byte a number: each column is small whole numbers times a scale of its own. Scales have 11 significant bits, so
// that a number times its scale is a float32 without rounding, and matrix and scales follow from each other to the last bit.

/** The numbers are of -127 to 127: as many above 0 as below. */
const MOST = 127

export interface ScaledColumns {
  /** [rows, columns] */
  numbers: Int8Array
  /** [columns] */
  scales: Float32Array
}

/** The nearest such matrix; scales are the least that reach each column's greatest number. @param values [rows, columns] */
export function toScaledColumns(values: Float32Array, columns: number): ScaledColumns {
  const scales = new Float32Array(columns)
  for (const [i, x] of values.entries()) {
    const c = i % columns
    scales[c] = Math.max(scales[c]!, Math.abs(x))
  }
  const bits = new Uint32Array(scales.map((most) => most / MOST).buffer)
  const rounded = new Float32Array(bits.map(shortened).buffer)
  const numbers = Int8Array.from(values, (x, i) => Math.round(x / (rounded[i % columns]! || 1)))
  return { numbers, scales: rounded }
}

/** The next float32 of 11 significant bits, upwards: 13 of its 23 fraction bits are 0. */
const shortened = (bits: number): number => (bits + 0x1fff) & ~0x1fff

/** [rows, columns] */
export const fromScaledColumns = ({ numbers, scales }: ScaledColumns): Float32Array =>
  Float32Array.from(numbers, (number, i) => number * scales[i % scales.length]!)

/** Numbers and scales of a matrix that is of this kind already, to the last bit; one that is not is told by its first column, as a rule. */
export function scaledColumnsOf(values: Float32Array, columns: number): ScaledColumns | undefined {
  const first = Float32Array.from({ length: values.length / columns }, (_, row) => values[row * columns]!)
  return exactly(first, 1) && exactly(values, columns)
}

function exactly(values: Float32Array, columns: number): ScaledColumns | undefined {
  const matrix = toScaledColumns(values, columns)
  return fromScaledColumns(matrix).every((x, i) => x === values[i]) ? matrix : undefined
}
