import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { addKey, openKeys, readKeys, removeKey } from '../../src/server/auth/key-file.ts'
import { identify } from '../../src/server/auth/keys.ts'
import { modelsFolder } from '../registry/fixture.ts'

const newFile = async () => join(await modelsFolder(), 'keys.json')
const quiet = { info: () => {}, error: () => {} }

async function follow(file: string, logger = quiet) {
  const source = await openKeys(file, logger, { everyMs: 5 })
  onTestFinished(() => source.close())
  return (key: string) => identify(key, source.ring)?.owner
}

test('a key that was added is recognised; the file has its hash only and is private', async () => {
  const file = await newFile()
  const alice = await addKey(file, { id: 'alice', scopes: ['rollout'] })
  const bob = await addKey(file, { id: 'bob', scopes: ['session'], requestsPerSecond: 5, burst: 9 })
  const text = await readFile(file, 'utf8')
  expect(text).not.toContain(alice.slice('dima_'.length))
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await readKeys(file)).map(({ id }) => id)).toEqual(['alice', 'bob'])
  const ownerOf = await follow(file)
  expect([alice, bob, `${bob}x`].map(ownerOf)).toEqual(['alice', 'bob', undefined])
})

test.each([
  ['an id that is taken', { id: 'alice', scopes: ['read'] }],
  ['an id with other letters', { id: '../x', scopes: ['read'] }],
  ['an unknown scope', { id: 'bob', scopes: ['root'] }],
  ['no scope', { id: 'bob', scopes: [] }],
  ['the same scope twice', { id: 'bob', scopes: ['read', 'read'] }],
  ['no date', { id: 'bob', scopes: ['read'], expires: 'soon' }],
  ['a day that does not exist', { id: 'bob', scopes: ['read'], expires: '2030-02-31' }],
  ['a rate of zero', { id: 'bob', scopes: ['read'], requestsPerSecond: 0 }],
])('%s is refused and changes nothing', async (_, key) => {
  const file = await newFile()
  await addKey(file, { id: 'alice', scopes: ['read'] })
  const before = await readFile(file, 'utf8')
  await expect(addKey(file, key as never)).rejects.toMatchObject({ code: 'invalid_config' })
  expect(await readFile(file, 'utf8')).toBe(before)
})

test.each(['', '{', '{}', '[{"id": "x"}]', '[{"id":"x","sha256":"abc","scopes":["read"]}]', '[null]'])(
  'the server does not start with %s',
  async (text) => {
    const file = await newFile()
    await writeFile(file, text)
    await expect(openKeys(file, quiet)).rejects.toMatchObject({ code: 'invalid_config' })
  },
)

test('a file that is far too long is not read', async () => {
  const file = await newFile()
  await writeFile(file, '[]')
  await truncate(file, 2 ** 30)
  await expect(openKeys(file, quiet)).rejects.toThrow('has 1073741824 bytes, at most 4194304')
})

test.skipIf(process.platform === 'win32')(
  'a pipe in the place of the file is refused, and what comes after it is read',
  async () => {
    const file = await newFile()
    const alice = await addKey(file, { id: 'alice', scopes: ['rollout'] })
    const reasons: string[] = []
    const error = (details: object) => reasons.push((details as { reason: string }).reason)
    const ownerOf = await follow(file, { ...quiet, error } as never)
    await promisify(execFile)('mkfifo', [`${file}.pipe`])
    await rename(`${file}.pipe`, file)
    onTestFinished(async () => void (await open(file, constants.O_RDWR).then((it) => it.close()))) // ends who waits
    await vi.waitFor(() => expect(reasons).toEqual([expect.stringContaining('is no regular file')]))
    await expect(openKeys(file, quiet)).rejects.toMatchObject({ code: 'invalid_config' })
    await writeFile(`${file}.next`, '[]')
    await rename(`${file}.next`, file)
    await vi.waitFor(() => expect(ownerOf(alice)).toBeUndefined())
  },
)

test('the server does not start without its file', async () => {
  await expect(openKeys(await newFile(), quiet)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('ENOENT'),
  })
})

test('keys that are added and removed count at once', async () => {
  const file = await newFile()
  const alice = await addKey(file, { id: 'alice', scopes: ['rollout'] })
  const ownerOf = await follow(file)
  const bob = await addKey(file, { id: 'bob', scopes: ['rollout'] })
  await vi.waitFor(() => expect(ownerOf(bob)).toBe('bob'), { interval: 5, timeout: 30_000 })
  await removeKey(file, 'alice')
  await vi.waitFor(() => expect(ownerOf(alice)).toBeUndefined(), { interval: 5, timeout: 30_000 })
  expect(ownerOf(bob)).toBe('bob')
  await expect(removeKey(file, 'alice')).rejects.toMatchObject({ code: 'invalid_config' })
})

test('a file that breaks or goes leaves the old keys in force, and is told', async () => {
  const file = await newFile()
  const alice = await addKey(file, { id: 'alice', scopes: ['rollout'] })
  const reasons: string[] = []
  const logger = {
    ...quiet,
    error: (details: object) => reasons.push((details as { reason: string }).reason),
  }
  const ownerOf = await follow(file, logger as never)
  const good = await readFile(file, 'utf8')
  await writeFile(file, `${good.slice(0, -5)}`)
  await vi.waitFor(() => expect(reasons).toEqual([expect.stringContaining('not JSON')]), {
    interval: 5,
    timeout: 30_000,
  })
  expect(ownerOf(alice)).toBe('alice')
  await rename(file, `${file}.away`)
  await vi.waitFor(() => expect(reasons.at(-1)).toContain('ENOENT'), { interval: 5, timeout: 30_000 })
  expect(ownerOf(alice)).toBe('alice')
  const bob = await addKey(file, { id: 'bob', scopes: ['read'] })
  await vi.waitFor(() => expect([alice, bob].map(ownerOf)).toEqual([undefined, 'bob']), {
    interval: 5,
    timeout: 30_000,
  })
})

test('a file that is gone is told again and again: deleting it revokes nothing', async () => {
  const file = await newFile()
  const alice = await addKey(file, { id: 'alice', scopes: ['rollout'] })
  const told: string[] = []
  const logger = { ...quiet, error: (_: object, message: string) => void told.push(message) }
  const source = await openKeys(file, logger, { everyMs: 5, remindMs: 20 })
  onTestFinished(() => source.close())
  await rm(file)
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(2), { interval: 5, timeout: 30_000 })
  expect(told[0]).toContain('no key is revoked')
  expect(identify(alice, source.ring)?.owner).toBe('alice')
  await writeFile(file, '[]')
  await vi.waitFor(() => expect(identify(alice, source.ring)).toBeUndefined(), {
    interval: 5,
    timeout: 30_000,
  })
})

test('npm run keys prints a new key once, lists and removes', async () => {
  const file = await newFile()
  const keys = (...flags: string[]) =>
    promisify(execFile)(
      process.execPath,
      ['--import', './src/common/typescript.mjs', 'src/commands/keys.ts', ...flags, '--file', file],
      {
        cwd: resolve(import.meta.dirname, '../..'),
      },
    )
  const added = await keys('add', '--id', 'alice', '--scopes', 'rollout,session', '--expires', '2100-01-01')
  expect(added.stdout).toMatch(/^dima_[\w-]{43}\n$/)
  expect((await follow(file))(added.stdout.trim())).toBe('alice')
  expect((await keys('list')).stdout).toBe('alice\trollout,session\texpires 2100-01-01\n')
  await keys('remove', '--id', 'alice')
  expect((await keys('list')).stdout).toBe('')
  await expect(keys('add', '--id', 'bob', '--scopes', 'root')).rejects.toMatchObject({ code: 1 })
  await expect(keys('steal')).rejects.toMatchObject({ code: 1 })
}, 30_000)
