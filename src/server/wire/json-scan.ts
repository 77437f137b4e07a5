// Walks JSON that a stranger sent before JSON.parse sees it, without making a value: what is nested too deeply, has far
// too much in it, or has NaN in place of a number never gets further. Whether it is JSON at all is for the parser to say.
import { DimaError } from '../../common/errors.ts'
import { type Contents, checkContents, MAX_DEPTH, MAX_FIELDS, tooDeep, tooWide } from './bounds.ts'
import { endOfText, placeIn } from './json-place.ts'

const [OTHER, TEXT, LIST, OBJECT, CLOSE, COLON, WORD] = [0, 1, 2, 3, 4, 5, 6]
const BACKSLASH = 0x5c

const KIND = new Uint8Array(256)
for (const [character, kind] of [
  ['"', TEXT],
  ['[', LIST],
  ['{', OBJECT],
  [']', CLOSE],
  ['}', CLOSE],
  [':', COLON],
  ['N', WORD], // NaN
  ['I', WORD], // Infinity
] as const)
  KIND[character.charCodeAt(0)] = kind

/** Looks at the counts so often, in structural characters. */
const LOOK = 4096

/** Throws DimaError `too_deep`, `invalid_request`, `invalid_json` or `not_finite`. */
export function scanJson(bytes: Uint8Array): Contents {
  const found: Contents = { lists: 0, objects: 0, keys: 0, texts: 0 }
  const fields = new Uint32Array(MAX_DEPTH + 2) // of the object that is open at each depth
  let [depth, key, looks] = [0, 0, 0]
  for (let at = 0; at < bytes.length; at++) {
    const kind = KIND[bytes[at]!]
    if (kind === OTHER) continue
    if (kind === TEXT) {
      key = at
      at = endOfText(bytes, at)
      found.texts++
    } else if (kind === LIST || kind === OBJECT) {
      if (++depth > MAX_DEPTH) throw tooDeep()
      fields[depth] = 0
      kind === LIST ? found.lists++ : found.objects++
    } else if (kind === CLOSE) depth = Math.max(0, depth - 1)
    else if (kind === COLON) {
      if (++fields[depth]! > MAX_FIELDS) throw tooWide()
      if (isPrototype(bytes, key, at)) throw new DimaError('invalid_json', 'a key is not allowed')
      found.keys++
    } else if (isNotFinite(bytes, at)) throw notFinite(bytes, at)
    else break // no JSON has the letter: the parser comes no further
    if (++looks % LOOK === 0) checkContents(found)
  }
  checkContents(found)
  return found
}

/** Whether the key that stands before a colon is __proto__, however it is written. */
function isPrototype(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from + 1] !== 0x5f && bytes[from + 1] !== BACKSLASH) return false
  if (to - from < 11 || to - from > 80) return false // 9 characters, each of 1 to 6 bytes, and quotes
  const text = Buffer.from(bytes.subarray(from, to)).toString('latin1')
  return /^"(?:_|\\u005f){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006f)(?:t|\\u0074)(?:o|\\u006f)(?:_|\\u005f){2}"/i.test(
    text,
  )
}

const isNotFinite = (bytes: Uint8Array, at: number): boolean =>
  /^(NaN|Infinity)/.test(String.fromCharCode(...bytes.subarray(at, at + 8)))

function notFinite(bytes: Uint8Array, at: number): DimaError {
  const field = placeIn(bytes, at)
  const given = bytes[at] === 0x4e ? 'NaN' : bytes[at - 1] === 0x2d ? '-Infinity' : 'Infinity'
  return new DimaError('not_finite', `${field} is ${given}, which is not a number of JSON`, {
    field,
    expected: 'a finite number',
    given,
  })
}
