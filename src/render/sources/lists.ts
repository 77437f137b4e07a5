// Lists of numbers in files.
import Type from 'typebox'
import { DimaError } from '../../common/errors.ts'

export const finite = Type.Number()

export const listOf = (length: number) => Type.Array(finite, { minItems: length, maxItems: length })

export function assertSameLength(list: readonly unknown[], length: number, field: string): void {
  if (list.length === length) return
  throw new DimaError('invalid_shape', `${field} has ${list.length} entries, expected ${length}`, {
    field,
    expected: [length],
    given: [list.length],
  })
}
