import Type from 'typebox'
import { expect, test } from 'vitest'
import { helpText, oneOf, parseConfig, parseFlags } from '../../src/common/config.ts'

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

test('refuses an unknown field, and says which one was meant', () => {
  expect(() => parseConfig(Schema, { batchsiz: 1 })).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: 'config.batchsiz is not known (did you mean batchSize?)',
    }),
  )
})

const Choices = Type.Object({
  preset: oneOf(['debug', 'small', 'paper'], 'small', 'sizes'),
  level: Type.Enum(['info', 'warn'], { default: 'info' }),
  either: Type.Optional(Type.Union([Type.Literal('all'), Type.Integer()])),
})

test('of a choice it lists the words, and says which one was meant', () => {
  expect(() => parseConfig(Choices, { preset: 'debgu' })).toThrow(
    'config.preset is "debgu", none of debug, small, paper (did you mean debug?)',
  )
  expect(() => parseConfig(Choices, { level: 'loud' }, (path) => path.slice(1).toUpperCase())).toThrow(
    /^LEVEL is "loud", none of info, warn$/,
  )
  expect(() => parseConfig(Choices, { either: 'some' })).toThrow(/^config.either must /) // not only words
})

test('names what is wrong as it was given: a flag', () => {
  expect(() => parseFlags(Schema, ['--batch-size', 'many'])).toThrow('--batch-size must be integer')
  expect(() => parseFlags(Schema, ['--batchsize', '4'])).toThrow(
    'there is no flag --batchsize (did you mean --batch-size?); --help lists the flags',
  )
  expect(() => parseFlags(Schema, ['-b'])).toThrow('there is no flag -b; --help lists the flags')
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
