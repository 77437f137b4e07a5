// Where a byte of JSON stands, as errors name it: `starts[0].states[3]`. Only for errors: it walks from the start.

/** Longer names are shortened. */
const MOST_NAME = 80

/** An open list with the index of its current entry, or an open object with its current key. */
type Open = { index: number } | { key: string }

export function placeIn(bytes: Uint8Array, place: number): string {
  const text = Buffer.from(bytes.subarray(0, place)).toString()
  const open: Open[] = []
  for (const [token, quoted] of text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:|"(?:[^"\\]|\\.)*"|[[\]{},]/gs)) {
    const inner = open.at(-1)
    if (token === '[') open.push({ index: 0 })
    else if (token === '{') open.push({ key: '' })
    else if (token === ']' || token === '}') open.pop()
    else if (token === ',') inner && 'index' in inner && inner.index++
    else if (quoted !== undefined && inner && 'key' in inner) inner.key = quoted.slice(0, MOST_NAME)
  }
  const path = open.reduce((path, one) => path + partOf(one, path), '')
  return path || 'body'
}

const partOf = (one: Open, before: string): string =>
  'index' in one ? `[${one.index}]` : before ? `.${one.key}` : one.key
