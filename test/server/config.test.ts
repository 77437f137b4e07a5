import { pino } from 'pino'
import { expect, test } from 'vitest'
import { readConfig, settingsHelp } from '../../src/server/config.ts'
import { openServer } from '../../src/server/open-server.ts'
import { KINDS } from '../../src/worlds/kinds.ts'

test('defaults are safe and complete', () => {
  expect(readConfig({})).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8080,
    MODELS: 'models',
    BODY_LIMIT_BYTES: 16777216,
    MAX_BATCH: 1024,
    LOG_LEVEL: 'info',
    ALLOW_REMOTE: false,
    KEYS: '',
    RATE_LIMIT: 0,
    FRAME_LIMIT_BYTES: 4194304,
    PING_SECONDS: 20,
    IDLE_TIMEOUT_SECONDS: 60,
    MAX_SESSIONS: 8192,
    MAX_SESSIONS_PER_KEY: 8192,
    MAX_PENDING_STEPS: 32,
    DEVICE: 'cpu',
    MAX_STEP_QUEUE_MS: 1000,
    MAX_ROLLOUT_QUEUE_MS: 10000,
    RELOAD_SECONDS: 2,
  })
  // What suits the device is known when that is.
  for (const name of ['EXECUTORS', 'MAX_BATCH_SIZE', 'EXECUTOR_TIMEOUT_MS'])
    expect(readConfig({})).not.toHaveProperty(name)
})

test('with keys no key has all of what there is, unless the settings say so', () => {
  expect(readConfig({ KEYS: 'keys.json' })).toMatchObject({
    MAX_SESSIONS_PER_KEY: 2048,
    MAX_SOCKETS_PER_KEY: 2048,
    MAX_STREAMS_PER_KEY: 256,
  })
  const given = { KEYS: 'keys.json', MAX_SESSIONS: '100', MAX_SOCKETS: '2', MAX_STREAMS_PER_KEY: '7' }
  expect(readConfig(given)).toMatchObject({
    MAX_SESSIONS_PER_KEY: 25,
    MAX_SOCKETS_PER_KEY: 1,
    MAX_STREAMS_PER_KEY: 7,
  })
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
  ['DEVICE', 'tpu'],
  ['DEVICE_IDS', '0,a'],
  ['MAX_BATCH', 'many'],
  ['LOG_LEVEL', 'loud'],
  ['ALLOW_REMOTE', 'perhaps'],
  ['RELOAD_SECONDS', '-1'],
  ['MAX_SESSIONS', '1.5'],
  ['RATE_LIMIT', 'NaN'],
  ['FRAME_LIMIT_BYTES', '0'],
])('refuses %s=%s by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(`${name} `) }),
  )
})

const remote = ['0.0.0.0', '::', '192.168.1.2', 'example.org', '127.0.0.1.example.org']

test.each(remote)('does not listen on %s without keys', (HOST) => {
  expect(() => readConfig({ HOST })).toThrow(/set KEYS.*ALLOW_REMOTE=true/)
})

test.each(remote)('listens on %s with keys, or when told to', (HOST) => {
  expect(readConfig({ HOST, KEYS: 'keys.json' }).HOST).toBe(HOST)
  expect(readConfig({ HOST, ALLOW_REMOTE: 'true' }).HOST).toBe(HOST)
})

test.each(['TLS_CERT', 'TLS_KEY'])('refuses %s alone', (name) => {
  const missing = name === 'TLS_CERT' ? 'TLS_KEY' : 'TLS_CERT'
  expect(() => readConfig({ [name]: 'file.pem' })).toThrow(`${missing} is not set`)
  expect(readConfig({ TLS_CERT: 'a.pem', TLS_KEY: 'b.pem' })).toMatchObject({ TLS_CERT: 'a.pem' })
})

test.each(['example.org', 'https://example.org/', 'https://a.org,nonsense', '*', 'null'])(
  'refuses ALLOWED_ORIGINS=%s',
  (ALLOWED_ORIGINS) => {
    expect(() => readConfig({ ALLOWED_ORIGINS })).toThrow(/ALLOWED_ORIGINS: .* is not like/)
  },
)

test('the help has every setting with a sentence', () => {
  const help = settingsHelp()
  for (const name of Object.keys(readConfig({})))
    expect(help).toMatch(new RegExp(`^  ${name} +\\S+ \\S+`, 'm'))
  expect(help).toMatch(/PING_SECONDS .*\(default 20\)/)
  expect(help).toMatch(/MAX_BATCH_SIZE .*\(default cpu 64, cuda 512, webgpu 256\)/)
})

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listens on %s', (HOST) => {
  expect(readConfig({ HOST }).HOST).toBe(HOST)
})

test.each([
  [{ TLS_CERT: 'nowhere.pem', TLS_KEY: 'nowhere.pem' }, 'TLS_CERT=nowhere.pem'],
  [{ KEYS: 'nowhere.json' }, 'nowhere.json'],
])('a server does not start without the files it is told of: %o', async (environment, named) => {
  const opening = openServer(readConfig(environment), KINDS, pino({ level: 'silent' }))
  await expect(opening).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringMatching(`${named}.*ENOENT`),
  })
})

test.each([
  'http://me:secret@host:6379',
  'redis://me:secret@',
  'redis:secret',
  'me:secret@host:6379',
  'redis://me:secret%@host:6379',
  'redis://secret%zz@host:6379',
])('SESSION_STORE=%s is refused by its name, without what may be a password', (SESSION_STORE) => {
  expect(() => readConfig({ SESSION_STORE })).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: expect.stringMatching(/^SESSION_STORE (?!.*secret)/),
    }),
  )
})

test.each(['redis://host', 'rediss://me:a%3Ab%40c@host:6379/2', 'redis://[::1]:6379'])(
  'SESSION_STORE=%s is an address',
  (SESSION_STORE) => {
    expect(readConfig({ SESSION_STORE })).toMatchObject({ SESSION_STORE })
  },
)
