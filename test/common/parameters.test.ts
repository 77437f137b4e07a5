import { expect, test } from 'vitest'
import { countOf, initialValues, type Parameter } from '../../src/common/parameters.ts'

const parameter = (name: string, shape = [3, 2]): Parameter => ({
  name,
  shape,
  decay: true,
  init: (rng, values) => values.set(rng.normals(values.length)),
})

test('initial values depend on the seed and the name alone', () => {
  const values = initialValues([parameter('a'), parameter('b')], 1)
  expect(initialValues([parameter('b'), parameter('a')], 1)).toEqual(values)
  expect(values.get('a')).not.toEqual(values.get('b'))
  expect(initialValues([parameter('a')], 2).get('a')).not.toEqual(values.get('a'))
})

test('another parameter changes no other', () => {
  const before = initialValues([parameter('a'), parameter('b')], 1)
  const after = initialValues([parameter('a'), parameter('new', [50]), parameter('b')], 1)
  for (const name of ['a', 'b']) expect(after.get(name)).toEqual(before.get(name))
})

test('counts the numbers of all parameters, scalars included', () => {
  expect(countOf([parameter('a', [3, 4]), parameter('b', [5]), parameter('c', [])])).toBe(18)
})
