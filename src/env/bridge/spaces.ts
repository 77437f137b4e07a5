// Spaces as they travel: {shape, dtype, low, high, names, units, choices}.
import { groupsOf, layoutOf } from '../../common/action-layout.ts'
import type { Box } from '../spaces.ts'
import type { FloatDtype } from './arrays.ts'
import { check, checkUnique, Space } from './messages.ts'
import { protocolError } from './protocol-error.ts'

export interface DeclaredSpace {
  readonly box: Box
  /** How its arrays travel. */
  readonly dtype: FloatDtype
}

/** @param entry what entries without a name are called, with their place: obs_0, obs_1, ... */
export function readSpace(value: unknown, field: string, entry: string): DeclaredSpace {
  const space = check(Space, value, field)
  const size = space.shape[0]!
  const places = Array.from({ length: size }, (_, i) => i)
  const names = space.names ?? places.map((i) => `${entry}_${i}`)
  const units = space.units ?? places.map(() => '1')
  checkLength(names, size, `${field}.names`)
  checkLength(units, size, `${field}.units`)
  checkUnique(names, `${field}.names`)
  const [low, high] = [
    readBound(space.low, size, `${field}.low`),
    readBound(space.high, size, `${field}.high`),
  ]
  const wrong = low.findIndex((value, i) => value > high[i]! || value === Infinity || high[i] === -Infinity)
  if (wrong >= 0)
    throw protocolError(`${field}.high[${wrong}]`, 'leaves nothing', `more than ${low[wrong]}`, high[wrong])
  return { box: { low, high, shape: [size], names, units }, dtype: space.dtype === 'float32' ? '<f4' : '<f8' }
}

/** Of an action: with its choices, and bounds everywhere. */
export function readActionSpace(value: unknown, field: string): DeclaredSpace {
  return chosen(bounded(readSpace(value, field, 'action'), field), value as Space, field)
}

/** Entries of choices are 0 or 1, and named by the choice and its option unless they have names. */
function chosen({ box, dtype }: DeclaredSpace, { choices = [], names: named }: Space, field: string) {
  if (choices.length === 0) return { box, dtype }
  const layout = layoutOf(box.low.length, choices)
  if (layout.box < 0)
    throw protocolError(`${field}.choices`, 'are too many', `${box.low.length} entries at most`, choices)
  const [low, high, names] = [box.low.slice(), box.high.slice(), [...box.names]]
  for (const [choice, { from, to }] of groupsOf(layout).entries()) {
    low.fill(0, from, to)
    high.fill(1, from, to)
    if (!named) for (let i = from; i < to; i++) names[i] = `choice_${choice}_is_${i - from}`
  }
  return { box: { ...box, low, high, names, layout }, dtype }
}

/**
 * With bounds that actions can be drawn between and scaled by: -1 and 1 where none are declared, as most robots have
 * them. Actions beyond them are sent all the same.
 */
function bounded({ box, dtype }: DeclaredSpace, field: string): DeclaredSpace {
  const low = box.low.map((value) => (value === -Infinity ? -1 : value))
  const high = box.high.map((value) => (value === Infinity ? 1 : value))
  const wrong = low.findIndex((value, i) => value > high[i]!)
  if (wrong < 0) return { box: { ...box, low, high }, dtype }
  const given = `${box.low[wrong]} to ${box.high[wrong]}`
  throw protocolError(`${field}[${wrong}]`, 'is bounded on one side', 'finite low and high', given)
}

export const writeSpace = ({ low, high, shape, names, units, layout }: Box, dtype: FloatDtype) => ({
  shape,
  dtype: dtype === '<f4' ? 'float32' : 'float64',
  low: writeBound(low),
  high: writeBound(high),
  names,
  units,
  ...(layout && { choices: layout.choices }),
})

const writeBound = (bound: Float64Array): number | number[] =>
  bound.every((value) => value === bound[0]) ? bound[0]! : [...bound]

function readBound(value: unknown, size: number, field: string): Float64Array {
  if (isNumber(value)) return new Float64Array(size).fill(value)
  if (!Array.isArray(value) || !value.every(isNumber))
    throw protocolError(field, 'is no bound', `a number or a list of ${size}`, value)
  checkLength(value, size, field)
  return Float64Array.from(value)
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value)

function checkLength(list: readonly unknown[], size: number, field: string): void {
  if (list.length !== size) throw protocolError(field, 'has another length', size, list.length)
}
