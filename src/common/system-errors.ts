// What the operating system refuses, as one line in words.
import { resolve, sep } from 'node:path'

const WORDS: Record<string, string> = {
  EACCES: 'permission is denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file would be too large',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go round in circles',
  EMFILE: 'too many files are open (ulimit -n)',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'there is no such file or folder',
  ENOMEM: 'there is not enough memory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTEMPTY: 'the folder is not empty',
  EPERM: 'that is not permitted',
  EROFS: 'the file system is read-only',
}

/** Settings that name where a command writes, for errors about a folder that was its own choice. */
const WRITES_TO = ['--out', '--models']
const OF_WRITING = new Set(['mkdir', 'write', 'rename', 'fsync'])

/**
 * Undefined for other errors.
 * @param settings values by the name that a person knows them by, for example `--out`
 */
export function systemErrorLine(
  error: unknown,
  settings: Readonly<Record<string, unknown>> = {},
): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, path, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return undefined
  const words = WORDS[code] ? `${WORDS[code]} (${code})` : `${syscall} failed (${code})`
  const setting = settingOf(path, settings) ?? placeToWrite(syscall, code, settings)
  return [setting, path, words].filter((part) => part !== undefined).join(': ')
}

/** Whose value is the path, or a folder that it is in or that was to be made in it: the longest one. */
function settingOf(
  path: string | undefined,
  settings: Readonly<Record<string, unknown>>,
): string | undefined {
  if (path === undefined) return undefined
  const matching = Object.entries(settings).filter(
    (setting): setting is [string, string] => typeof setting[1] === 'string' && concerns(path, setting[1]),
  )
  return matching.sort(([, a], [, b]) => b.length - a.length)[0]?.[0]
}

function concerns(path: string, value: string): boolean {
  if (value === '') return false
  const [failed, set] = [resolve(path), resolve(value)]
  if (failed === set || failed.startsWith(set + sep)) return true
  const beside = failed.startsWith(`${set}.`) // as a lock is, and what is written aside
  return beside || (value.includes(sep) && set.startsWith(failed + sep))
}

function placeToWrite(syscall: string, code: string, settings: object): string | undefined {
  const writing = OF_WRITING.has(syscall) || ['EROFS', 'ENOSPC', 'EDQUOT'].includes(code)
  return writing ? WRITES_TO.find((name) => name in settings) : undefined
}
