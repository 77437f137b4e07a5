// Replies as JSON. A large one is written in pieces with the event loop let go in between: 600 rows of 15 steps are
// 11 MB of text, and whoever steps a session meanwhile should not wait for all of it.
import { setImmediate } from 'node:timers/promises'
import { sizeOf } from '../../common/tensors.ts'
import { nested, WireTensor } from './tensor.ts'

/** Numbers that are turned into text at once, some 50 KB and half a millisecond. */
const PIECE = 3000
/** Characters between two turns of the event loop. */
const TURN = 64 * 1024

/** For replies that are not large. */
export const encodeJson = (value: unknown): string => JSON.stringify(value)

/** Whether a reply has so many numbers that it should be written in turns. */
export const isLarge = (value: object): boolean => numbersIn(value) > 2 * PIECE

function numbersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (value instanceof WireTensor) return value.data.length
  const values: unknown[] = Array.isArray(value) ? value : Object.values(value)
  return values.reduce<number>((sum, inner) => sum + numbersIn(inner), 0)
}

/** The text of encodeJson in pieces of about 64 KB; other work gets its turn after each. */
export async function* jsonInTurns(value: unknown): AsyncGenerator<string> {
  let text = ''
  for (const piece of pieces(value)) {
    text += piece
    if (text.length < TURN) continue
    yield text
    text = ''
    await setImmediate()
  }
  if (text) yield text
}

function* pieces(value: unknown): Generator<string> {
  if (value instanceof WireTensor) yield* tensorPieces(value, value.shape, 0)
  else if (Array.isArray(value)) yield* listPieces(value)
  else if (typeof value === 'object' && value !== null) yield* fieldPieces(value)
  else yield JSON.stringify(value) ?? 'null'
}

function* listPieces(list: unknown[]): Generator<string> {
  if (typeof list[0] !== 'object') return yield JSON.stringify(list)
  let before = '['
  for (const item of list) {
    yield before
    yield* pieces(item)
    before = ','
  }
  yield ']'
}

function* fieldPieces(fields: object): Generator<string> {
  let before = '{'
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    yield `${before}${JSON.stringify(name)}:`
    yield* pieces(value)
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

/** As many entries of the first axis at a time as make a piece; entries larger than that are cut up themselves. */
function* tensorPieces(tensor: WireTensor, shape: readonly number[], offset: number): Generator<string> {
  const [length = 1, ...rest] = shape
  const width = sizeOf(rest)
  if (length * width <= PIECE) return yield JSON.stringify(nested(tensor.data, shape, offset))
  const group = Math.floor(PIECE / width)
  let before = '['
  for (let i = 0; i < length; i += group || 1) {
    yield before
    if (group === 0) yield* tensorPieces(tensor, rest, offset + i * width)
    else yield inside(tensor, [Math.min(group, length - i), ...rest], offset + i * width)
    before = ','
  }
  yield ']'
}

/** The text of a nested array without the brackets around it. */
const inside = ({ data }: WireTensor, shape: readonly number[], offset: number): string =>
  JSON.stringify(nested(data, shape, offset)).slice(1, -1)
