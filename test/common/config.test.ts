import Type from 'typebox'
import { expect, test } from 'vitest'
import { helpText, parseConfig, parseFlags } from '../../src/common/config.ts'

const Schema = Type.Object(
  {
    batchSize: Type.Integer({ default: 8, minimum: 1, description: 'rows' }),
    name: Type.String({ default: 'a' }),
    quick: Type.Boolean({ default: false }),
    inner: Type.Object({ rate: Type.Number({ default: 0.5 }) }, { default: {}, additionalProperties: false }),
  },
  { additionalProperties: false },
)

test('fills defaults at every depth', () => {
  expect(parseConfig(Schema, {})).toEqual({ batchSize: 8, name: 'a', quick: false, inner: { rate: 0.5 } })
})

test('leaves what it was given unchanged', () => {
  const raw = { inner: {} }
  parseConfig(Schema, raw)
  expect(raw).toEqual({ inner: {} })
})

test.each([
  [{ batchSize: 0 }, 'config.batchSize'],
  [{ batchSize: 'many' }, 'config.batchSize'],
  [{ inner: { rate: 'fast' } }, 'config.inner.rate'],
])('names the wrong field of %j', (raw, field) => {
  expect(() => parseConfig(Schema, raw)).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(field) }),
  )
})

test('refuses an unknown field', () => {
  expect(() => parseConfig(Schema, { batch: 1 })).toThrow(expect.objectContaining({ code: 'invalid_config' }))
})

test('reads flags in kebab case, numbers from text', () => {
  expect(parseFlags(Schema, ['--batch-size', '4', '--quick'])).toMatchObject({
    batchSize: 4,
    quick: true,
    name: 'a',
  })
})

test('refuses an unknown flag, one without its value and a stray word, by name', () => {
  for (const argv of [['--batchsize', '4'], ['--batch-size'], ['4']]) {
    expect(() => parseFlags(Schema, argv)).toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(argv[0]!) }),
    )
  }
})

test('the help names every flag with its default', () => {
  expect(helpText(Schema)).toMatch(/--batch-size +rows \(default 8\)/)
})
