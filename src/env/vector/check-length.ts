// Arrays that hold one number a copy.
import { DimaError } from '../../common/errors.ts'

/** DimaError `invalid_shape`. */
export function checkLength(field: string, values: ArrayLike<number>, copies: number): void {
  if (values.length !== copies)
    throw new DimaError('invalid_shape', `${field} has ${values.length} values for ${copies} copies`, {
      field,
      expected: [copies],
      given: [values.length],
    })
}
