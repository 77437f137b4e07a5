// Where a byte of JSON stands, as errors name it: `starts[0].states[3]`. Only for errors: it walks from the start.

/** Longer names are shortened. */
const MOST_NAME = 80

/** An open list with the index of its current entry, or an open object with its current key. */
type Open = { index: number } | { key: string }

export function placeIn(bytes: Uint8Array, place: number): string {
  const open: Open[] = []
  let [from, to] = [0, 0] // of the last text
  for (let at = 0; at < place; at++) {
    const inner = open.at(-1)
    const character = String.fromCharCode(bytes[at]!)
    if (character === '"') {
      from = at + 1
      at = endOfText(bytes, at)
      to = at
    } else if (character === '[') open.push({ index: 0 })
    else if (character === '{') open.push({ key: '' })
    else if (character === ']' || character === '}') open.pop()
    else if (character === ',' && inner && 'index' in inner) inner.index++
    else if (character === ':' && inner && 'key' in inner) inner.key = nameIn(bytes, from, to)
  }
  const path = open.reduce((path, one) => path + partOf(one, path), '')
  return path || 'body'
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c]

/** The place of the closing quote, or the end. */
export function endOfText(bytes: Uint8Array, from: number): number {
  let at = from + 1
  for (; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++
  return at
}

/** A character has at most four bytes. */
const nameIn = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, Math.min(to, from + 4 * MOST_NAME)))
    .toString()
    .slice(0, MOST_NAME)

const partOf = (one: Open, before: string): string =>
  'index' in one ? `[${one.index}]` : before ? `.${one.key}` : one.key
