// The files of a bundle, checked before anything else opens them: regular, of the stated size, of the stated hash.
// Threats: an altered file, a symlink out of the folder (CVE-2022-25882 and its successors), a file that nobody listed.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
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
  const bytes = await readRegular(directory, reference, listed.file, listed.size)
  if (sha256(bytes) !== listed.sha256)
    throw refuse(reference, `${listed.file} has another sha256 than listed`)
  return bytes
}

/** Opens without following a link, looks at what was opened, and reads no more than expected. */
export async function readRegular(
  directory: string,
  reference: string,
  file: string,
  size?: number,
): Promise<Buffer> {
  const path = join(directory, file)
  await checkRegular(path, reference, file)
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const opened = await handle.stat()
    if (!opened.isFile()) throw refuse(reference, `${file} is not a regular file`)
    if (size !== undefined && opened.size !== size)
      throw refuse(reference, `${file} has ${opened.size} bytes, listed are ${size}`)
    return await handle.readFile()
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
