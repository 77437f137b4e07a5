// The file of keys: JSON, a list. Written by `npm run keys`, read by the server, which follows its changes.
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { DimaError } from '../../common/errors.ts'
import { writeFileAtomic } from '../../common/files.ts'
import { takeLock } from '../../common/lock.ts'
import type { Logger } from '../../common/logger.ts'
import { poll } from '../../common/poll.ts'
import { checkKeys, digestOf, type Key, type KeyRing, keyRing, newKey } from './keys.ts'

/** Ten thousand keys and more. */
const MOST_BYTES = 4 * 1024 * 1024

/** Throws DimaError `invalid_config`. */
export async function readKeys(path: string): Promise<Key[]> {
  const text = await readText(path).catch((error: unknown) => {
    if (error instanceof DimaError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new DimaError('invalid_config', `the keys file ${path} can't be read (${code})`)
  })
  return checkKeys(parse(text))
}

/** Opened without waiting: a pipe whose other end nobody has would hold the reader, and every change after it, for ever. */
async function readText(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new DimaError('invalid_config', `the keys file ${path} is no regular file`)
    if (found.size > MOST_BYTES)
      throw new DimaError(
        'invalid_config',
        `the keys file ${path} has ${found.size} bytes, at most ${MOST_BYTES} are taken`,
      )
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DimaError('invalid_config', 'the keys file is not JSON')
  }
}

/** Only the owner of the file may read it. */
const writeKeys = (path: string, keys: readonly Key[]): void =>
  writeFileAtomic(path, `${JSON.stringify(checkKeys(keys), null, 2)}\n`, 0o600)

/** Adds a key, to a new file if need be, and returns it: it is nowhere else. */
export async function addKey(path: string, key: Omit<Key, 'sha256'>): Promise<string> {
  const secret = newKey()
  await changeKeys(path, (keys) => [...keys, { ...key, sha256: digestOf(secret).toString('hex') }])
  return secret
}

/** Throws DimaError `invalid_config` when there is no key of that id. */
export async function removeKey(path: string, id: string): Promise<void> {
  await readKeys(path) // which must be there
  await changeKeys(path, (keys) => {
    const left = keys.filter((key) => key.id !== id)
    if (left.length === keys.length) throw new DimaError('invalid_config', `no key of ${id}`)
    return left
  })
}

/** One change at a time: of two at once the first would be lost. */
async function changeKeys(path: string, change: (keys: Key[]) => Key[]): Promise<void> {
  const lock = takeLock(`${path}.lock`, `the keys file ${path}`, 'try again')
  try {
    writeKeys(path, change((await exists(path)) ? await readKeys(path) : []))
  } finally {
    lock.release()
  }
}

export interface KeySource {
  /** The keys in force; another array after a change. */
  ring(): KeyRing
  close(): void
}

const REMIND_MS = 60_000

/**
 * Reads the file now, which must be in order, and whenever it changes. A broken one, or none, leaves the old keys in force:
 * that is said again and again, because whoever deleted the file may have meant to revoke them.
 */
export async function openKeys(
  path: string,
  logger: Logger,
  { everyMs = 3000, remindMs = REMIND_MS } = {},
): Promise<KeySource> {
  const first = await signature(path)
  let ring = keyRing(await readKeys(path))
  let said = { reason: '', at: 0 }
  const changed = async () => {
    try {
      ring = keyRing(await readKeys(path))
      said = { reason: '', at: 0 }
      logger.info({ keys: ring.length }, 'keys read again')
    } catch (error) {
      const reason = error instanceof DimaError ? error.message : 'unexpected error'
      const now = performance.now()
      if (reason !== said.reason || now - said.at >= remindMs) {
        said = { reason, at: now }
        logger.error({ reason, keys: ring.length }, STILL_IN_FORCE)
      }
      throw error // so that it is looked at again
    }
  }
  return { ring: () => ring, close: poll({ look: () => signature(path), first, everyMs, changed }) }
}

const STILL_IN_FORCE =
  'no key is revoked: the keys that were read last stay in force until the keys file can be read again; ' +
  'a file with an empty list, [], revokes all'

async function signature(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found ? `${found.mtimeNs} ${found.size} ${found.ino}` : 'missing'
}

const exists = async (path: string): Promise<boolean> => (await signature(path)) !== 'missing'
