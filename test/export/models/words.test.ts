import Type from 'typebox'
import { expect, test } from 'vitest'
import { splitWords } from '../../../src/export/models/words.ts'

const schema = Type.Object({ models: Type.String(), heldOut: Type.Number(), force: Type.Boolean() })

test.each([
  ['a/1 stable --force', ['a/1', 'stable'], ['--force']],
  ['--force a/1 stable', ['a/1', 'stable'], ['--force']],
  ['a/1 --models there stable --held-out 0.5', ['a/1', 'stable'], ['--models', 'there', '--held-out', '0.5']],
  ['--models=there a/1', ['a/1'], ['--models=there']],
  ['a/1 --models', ['a/1'], ['--models']],
  ['--wrong a/1', ['a/1'], ['--wrong']],
])('%s', (line, words, rest) => {
  expect(splitWords(schema, line.split(' '))).toEqual({ words, rest })
})
