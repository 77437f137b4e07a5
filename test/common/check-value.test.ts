import Type from 'typebox'
import { expect, test } from 'vitest'
import { checkValue } from '../../src/common/check-value.ts'

const row = (length: number) =>
  Type.Array(Type.Number({ minimum: -10, maximum: 10 }), { minItems: length, maxItems: length })
const Content = Type.Object(
  { name: Type.Optional(Type.String()), table: Type.Array(Type.Tuple([row(1), row(2)]), { minItems: 1 }) },
  { additionalProperties: false },
)

test('what fits is given back as it is', () => {
  const value = { table: [[[1], [2, 3]]] }
  expect(checkValue(Content, value, 'file')).toBe(value)
})

test.each([
  [null, 'invalid_request', 'file must be object, but is null'],
  [{}, 'invalid_request', 'file.table is missing'],
  [{ table: [], x: 1 }, 'invalid_request', 'file.x is not a field that is known here'],
  [{ table: 'x'.repeat(50) }, 'invalid_shape', `file.table is "${'x'.repeat(40)}…", not a list`],
  [{ table: [] }, 'invalid_shape', 'file.table has 0 entries, expected at least 1'],
  [{ table: [[[1]]] }, 'invalid_shape', 'file.table[0] has 1 entries, expected at least 2'],
  [{ table: [[[1], [2, 3], [4]]] }, 'invalid_shape', 'file.table[0][2] is one too many'],
  [{ table: [[[1], [2]]] }, 'invalid_shape', 'file.table[0][1] has 1 entries, expected at least 2'],
  [{ table: [[[1], [2, 3, 4]]] }, 'invalid_shape', 'file.table[0][1] has 3 entries, expected at most 2'],
  [{ table: [[[1], 7]] }, 'invalid_shape', 'file.table[0][1] is 7, not a list'],
  [{ table: [[[1], [2, null]]] }, 'not_finite', 'file.table[0][1][1] is null, not a finite number'],
  [{ table: [[[1], [2, Infinity]]] }, 'not_finite', 'file.table[0][1][1] is Infinity, not a finite number'],
  [{ table: [[[1], [2, '3']]] }, 'invalid_request', 'file.table[0][1][1] must be number, but is "3"'],
  [{ table: [[[1], [2, [3]]]] }, 'invalid_request', 'file.table[0][1][1] must be number, but is a list of 1'],
  [{ table: [[[1], [2, 11]]] }, 'invalid_request', 'file.table[0][1][1] must be <= 10, but is 11'],
  [{ table: [[[1, 2]]] }, 'invalid_shape', 'file.table[0] has 1 entries, expected at least 2'],
  [{ name: {}, table: [] }, 'invalid_request', 'file.name must be string, but is an object'],
])('%j is refused where it is wrong', (value, code, message) => {
  expect(() => checkValue(Content, value, 'file')).toThrow(expect.objectContaining({ code, message }))
})
