// The files of a bundle, checked before anything else opens them: regular, of the stated size, of the stated hash.
// Threats: an altered file, a symlink out of the folder (CVE-2022-25882 and its successors), a file that nobody listed, a
// file larger than memory.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { join } from 'node:path'
import { DimaError } from '../common/errors.ts'
import type { BundleFile } from './manifest.ts'

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** What the manifest says of a file with these bytes. */
export function describeFile(file: string, content: Uint8Array | string): BundleFile {
  return { file, sha256: sha256(content), size: Buffer.byteLength(content) }
}

/** `reference` is `name/version`: messages name the bundle and the file, never where they lie. */
export const refuse = (reference: string, reason: string): DimaError =>
  new DimaError('invalid_bundle', `${reference}: ${reason}`)

/** Reads a regular file and checks it. The bytes returned are the bytes that were hashed. */
export async function readChecked(directory: string, reference: string, listed: BundleFile): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(listed.size)
  let at = 0
  await hashRegular(directory, reference, listed, (piece) => {
    bytes.set(piece, at)
    at += piece.length
  })
  return bytes
}

/** Checks a listed file as readChecked does, without keeping what is read. */
export const checkFile = (directory: string, reference: string, listed: BundleFile): Promise<void> =>
  hashRegular(directory, reference, listed, () => {})

/** Small enough that reading on makes nobody wait: it is hashed on the event loop. */
const PIECE_BYTES = 256 * 1024

/** No more than the listed size is read, in pieces between which others have their turn. */
async function hashRegular(
  directory: string,
  reference: string,
  { file, size, sha256: expected }: BundleFile,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  await opened(directory, reference, file, async (handle, found) => {
    if (found !== size) throw refuse(reference, `${file} has ${found} bytes, listed are ${size}`)
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size))
    for (let read = 0; read < size; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - read))
      if (bytesRead === 0) throw refuse(reference, `${file} became shorter while it was read`)
      const piece = buffer.subarray(0, bytesRead)
      hash.update(piece)
      take(piece)
      read += bytesRead
    }
    if (hash.digest('hex') !== expected) throw refuse(reference, `${file} has another sha256 than listed`)
  })
}

/** A regular file whose size nobody has listed. One that is larger than `most` bytes is not read at all. */
export async function readRegular(
  directory: string,
  reference: string,
  file: string,
  most: number,
): Promise<Buffer> {
  return opened(directory, reference, file, async (handle, size) => {
    if (size > most) throw refuse(reference, `${file} has ${size} bytes, at most ${most} are taken`)
    const bytes = Buffer.alloc(size) // what grows while it is read is cut off, and then no JSON any more
    const { bytesRead } = await handle.read(bytes, 0, size, 0)
    return bytes.subarray(0, bytesRead)
  })
}

/** Opens without following a link, and looks at what was opened. */
async function opened<T>(
  directory: string,
  reference: string,
  file: string,
  use: (handle: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  const path = join(directory, file)
  await checkRegular(path, reference, file)
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw refuse(reference, `${file} is not a regular file`)
    return await use(handle, found.size)
  } finally {
    await handle.close()
  }
}

/** Before opening, so that a pipe or a device is never opened. */
async function checkRegular(path: string, reference: string, file: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) throw refuse(reference, `${file} is missing`)
  if (found.isSymbolicLink()) throw refuse(reference, `${file} is a symbolic link`)
  if (!found.isFile()) throw refuse(reference, `${file} is not a regular file`)
}
