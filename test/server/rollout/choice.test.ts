// What requests may choose is the kind's to say, wherever it stands in the request.
import Type from 'typebox'
import { expect, test } from 'vitest'
import { chosenFields, readChoice } from '../../../src/server/rollout/choice.ts'
import { checkFields } from '../../../src/server/rollout/fields.ts'
import type { WorldKind } from '../../../src/worlds/world.ts'
import { manifest } from '../../registry/fixture.ts'

const Fields = { order: Type.Integer({ minimum: 0, maximum: 3 }), speed: Type.Number() }
const kind = {
  name: 'other',
  choices: { fields: Fields, choose: (given: object) => given },
} as unknown as WorldKind
const read = (request: Parameters<typeof readChoice>[1]) =>
  readChoice(kind, request, 1, manifest('tiny', '1'))

test('beside options and in them, by the same schema', () => {
  expect(read({ order: 2, options: { speed: 1 } })).toEqual({ order: 2, speed: 1 })
  expect(read({ options: { order: 2 } })).toEqual({ order: 2 })
  expect(read({})).toEqual({})
})

test.each([
  ['order', { order: 9 }],
  ['order', { order: 'evil' }],
  ['order', { order: { a: { b: 1 } } }],
  ['options.order', { options: { order: 9 } }],
  ['options.speed', { options: { speed: '1' } }],
  ['options.more', { options: { more: 1 } }],
  ['options.constructor', { options: { constructor: 1 } }],
])('%s is refused by name', (field, request) => {
  expect(() => read(request)).toThrow(
    expect.objectContaining({ details: { errors: [expect.objectContaining({ field })] } }),
  )
})

test.each([
  ['plan', { plan: 'joint' }],
  ['options.order', { order: 1, options: { order: 1 } }],
])('%s has no place here', (field, request) => {
  expect(() => read(request)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ field }) }),
  )
})

test('replies have beside options only what requests have there', () => {
  expect(chosenFields({ plan: 'a', order: null })).toEqual({ plan: 'a', order: null })
  expect(chosenFields({ speed: 1, options: 2, constructor: 3 })).toEqual({
    options: { speed: 1, options: 2, constructor: 3 },
  })
})

test('many unknown fields are named, too', () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, i]))
  const shape = Type.Object({ a: Type.Optional(Type.Number()) }, { additionalProperties: false })
  expect(() => checkFields(shape, many, 'options')).toThrow('options.f0 is not a field of this request')
})
