// Files as browsers take them, compressed once each: with brotli where they do, which is to this computer and over https.
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { PageFile } from './files.ts'

type Encoding = 'br' | 'gzip'

/** MuJoCo's 10.3 MB: 0.3 s and 2.2 MB. Each step further takes as long again and gains 2 % at most, but for the last, of 19 s. */
const QUALITY = { [constants.BROTLI_PARAM_QUALITY]: 5 }

const COMPRESS: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: QUALITY }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
}

const compressed = new WeakMap<PageFile, Partial<Record<Encoding, Promise<Buffer>>>>()

export function encoded(file: PageFile, encoding: Encoding): Promise<Buffer> {
  const known = compressed.get(file) ?? {}
  compressed.set(file, known)
  known[encoding] ??= COMPRESS[encoding](file.bytes)
  return known[encoding]
}

/** @param accepted the header accept-encoding */
export const bestOf = (accepted = ''): Encoding | undefined =>
  (['br', 'gzip'] as const).find((encoding) => takes(accepted, encoding))

const takes = (accepted: string, encoding: Encoding): boolean =>
  new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`, 'i').test(accepted)
