import { expect, test } from 'vitest'
import { readConfig } from '../../src/server/config.ts'

test('defaults are safe and complete', () => {
  expect(readConfig({})).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8080,
    MODELS: 'models',
    BODY_LIMIT_BYTES: 16777216,
    MAX_BATCH: 1024,
    LOG_LEVEL: 'info',
    ALLOW_REMOTE: false,
  })
  expect(readConfig({}).EXECUTORS).toBeGreaterThanOrEqual(1)
})

test('reads numbers and flags from text and ignores other variables', () => {
  const config = readConfig({
    PORT: '0',
    EXECUTORS: '3',
    HOST: '0.0.0.0',
    ALLOW_REMOTE: 'true',
    PATH: '/bin',
  })
  expect(config).toMatchObject({ PORT: 0, EXECUTORS: 3, HOST: '0.0.0.0', ALLOW_REMOTE: true })
  expect(config).not.toHaveProperty('PATH')
})

test.each([
  ['PORT', 'http'],
  ['PORT', '70000'],
  ['EXECUTORS', '0'],
  ['MAX_BATCH', 'many'],
  ['LOG_LEVEL', 'loud'],
  ['ALLOW_REMOTE', 'perhaps'],
])('refuses %s=%s by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(`config.${name}`) }),
  )
})

test.each(['0.0.0.0', '::', '192.168.1.2', 'example.org', '127.0.0.1.example.org'])(
  'does not listen on %s unasked',
  (HOST) => {
    expect(() => readConfig({ HOST })).toThrow(/no authentication yet.*ALLOW_REMOTE=true/)
  },
)

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listens on %s', (HOST) => {
  expect(readConfig({ HOST }).HOST).toBe(HOST)
})
