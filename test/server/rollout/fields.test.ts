import Type from 'typebox'
import { expect, test } from 'vitest'
import type { FieldError } from '../../../src/api/problem.ts'
import type { DimaError } from '../../../src/common/errors.ts'
import { checkFields } from '../../../src/server/rollout/fields.ts'

const Schema = Type.Object(
  { names: Type.Array(Type.String()), few: Type.Optional(Type.Array(Type.Integer(), { maxItems: 3 })) },
  { additionalProperties: false },
)

function errorsOf(value: unknown): FieldError[] {
  try {
    checkFields(Schema, value)
  } catch (error) {
    const { code, message, details } = error as DimaError
    expect(code).toBe('invalid_request')
    expect(message.length).toBeLessThan(2000)
    return (details.errors as FieldError[]) ?? [{ field: details.field, message }]
  }
  return []
}

test('names the first wrong entries of a long list', () => {
  const names = Array.from({ length: 200_000 }, (_, i) => (i < 2 ? 'a' : i))
  const errors = errorsOf({ names })
  expect(errors.length).toBeLessThanOrEqual(10)
  expect(errors[0]).toMatchObject({ field: 'names[2]', expected: 'string', given: 2 })
})

test('says so when what is wrong comes late in a long list', () => {
  const names: unknown[] = Array(200_000).fill('a')
  names[150_000] = 7
  expect(errorsOf({ names })).toMatchObject([{ field: 'body', message: expect.stringContaining('4096') }])
  names[150_000] = 'a'
  expect(errorsOf({ names })).toEqual([])
})

test('a list that is too long has its true length in the error', () => {
  const errors = errorsOf({ names: [], few: Array(100_000).fill(1) })
  expect(errors).toMatchObject([{ field: 'few', given: [100_000] }])
})
