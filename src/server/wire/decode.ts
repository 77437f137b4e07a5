// Bytes to a value: bounded first, then parsed. What the event loop can do in a few milliseconds it does, the rest a thread
// does.
import { DimaError } from '../../common/errors.ts'
import { isLight, isLightText, MOST_LIGHT_VALUES } from './bounds.ts'
import { scanJson } from './json-scan.ts'
import { parseMsgpack } from './msgpack.ts'
import { scanMsgpack } from './msgpack-scan.ts'

export type Format = 'json' | 'msgpack'

/**
 * Whether parsing would keep the event loop from others. What it finds to be light has been scanned.
 * Throws DimaError as the scans do.
 */
export function isHeavy(bytes: Uint8Array, format: Format): boolean {
  if (format === 'json') return !isLightText(bytes.length) || !isLight(scanJson(bytes))
  const contents = scanMsgpack(bytes, MOST_LIGHT_VALUES)
  return contents === undefined || !isLight(contents)
}

/** Throws DimaError as the scans do, and for a wrong tensor `invalid_request` or `invalid_shape`. */
export function decode(bytes: Uint8Array, format: Format): unknown {
  if (format === 'json') scanJson(bytes)
  else scanMsgpack(bytes)
  return parse(bytes, format)
}

/** The value in bytes that have been scanned. */
export const parse = (bytes: Uint8Array, format: Format): unknown =>
  format === 'json' ? parseJson(bytes) : parseMsgpack(bytes)

const BYTE_ORDER_MARK = '\ufeff'

function parseJson(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)
  } catch (error) {
    // The parser's message quotes the text; its place is all that is passed on.
    const [, place] = / position (\d+)/.exec((error as Error).message) ?? []
    const at = place === undefined ? 'at its end' : `at character ${place}`
    throw new DimaError('invalid_json', text === '' ? 'the body is empty' : `it is not JSON ${at}`)
  }
}
