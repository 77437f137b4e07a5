// How much structure a request may have, whichever format it comes in. Both scans count before anything is parsed: a list
// or a key takes two or three bytes to send and a microsecond to make. The largest request that means anything has 1024
// rows of 15 steps of 20 agents, 322,560 lists, or one tensor for each state and action of its starts, 20,000 maps; a
// streamed rollout of 16 MB in short numbers has 1.6 million lists.
import { DimaError } from '../../common/errors.ts'

/** The deepest that means anything has 6 levels (starts[].actions). */
export const MAX_DEPTH = 16
/** Fields of one object; the widest objects are by agent. */
export const MAX_FIELDS = 4096

export const MOST = { lists: 2_000_000, objects: 65_536, keys: 131_072, texts: 262_144 }

/** What a scan has found; texts are everything between quotes, in msgpack binary too. */
export type Contents = Record<keyof typeof MOST, number>

/** What the event loop may parse by itself, a few milliseconds at worst. Bytes are of JSON, values of msgpack. */
const LIGHT = { bytes: 128 * 1024, values: 16_384, lists: 8192, objects: 1024, keys: 2048, texts: 4096 }

export const isLightText = (length: number): boolean => length <= LIGHT.bytes
export const MOST_LIGHT_VALUES = LIGHT.values

export const isLight = ({ lists, objects, keys, texts }: Contents): boolean =>
  lists <= LIGHT.lists && objects <= LIGHT.objects && keys <= LIGHT.keys && texts <= LIGHT.texts

export const tooDeep = (): DimaError =>
  new DimaError('too_deep', `the body is nested more than ${MAX_DEPTH} levels deep`)

export const tooWide = (): DimaError =>
  new DimaError('invalid_request', `an object has more than ${MAX_FIELDS} fields`, { field: 'body' })

/** Throws DimaError `invalid_request` when there is too much of anything. */
export function checkContents({ lists, objects, keys, texts }: Contents): void {
  if (lists <= MOST.lists && objects <= MOST.objects && keys <= MOST.keys && texts <= MOST.texts) return
  if (lists > MOST.lists) throw tooMany('lists')
  if (objects > MOST.objects) throw tooMany('objects')
  throw tooMany(keys > MOST.keys ? 'keys' : 'texts')
}

const tooMany = (what: keyof typeof MOST): DimaError =>
  new DimaError('invalid_request', `the body has more than ${MOST[what]} ${what}`, {
    field: 'body',
    expected: `<= ${MOST[what]} ${what}`,
  })
