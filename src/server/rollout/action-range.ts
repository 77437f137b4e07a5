// Actions outside their space. Robots clamp what their motors are given, and a model has rarely or never seen more: it
// would answer a motor torque of 1e10 with a plausible number. So actions are brought inside before the model gets them,
// and the reply tells how many entries were outside; or they are refused, as the setting OUT_OF_RANGE_ACTIONS says.
import { entriesOf, type Group, layoutOf, undecided } from '../../common/action-layout.ts'
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { placeOf, subscripts } from '../wire/numbers.ts'

export const OUT_OF_RANGE = ['clip', 'refuse'] as const
export type OutOfRange = (typeof OUT_OF_RANGE)[number]

/**
 * Brings `actions` [...shape, N, A] inside the space, in place. Returns how many entries were outside; throws DimaError
 * `action_out_of_range` naming the first where they are refused.
 */
export function keepInside(
  actions: Float32Array,
  manifest: Manifest,
  mode: OutOfRange,
  field: string,
  shape: readonly number[] = [],
): number {
  if (
    manifest.agents.some(({ actuators, choices }) => choices || actuators.length < manifest.action.dimension)
  )
    return keepFormed(actions, manifest, mode, field, shape)
  // As the entries are: a bound of 0.4 in 64 bits is not the 0.4 that was sent.
  const [low, high] = [Math.fround(manifest.action.low), Math.fround(manifest.action.high)]
  let outside = 0
  for (let i = 0; i < actions.length; i++) {
    const entry = actions[i]!
    if (entry >= low && entry <= high) continue
    if (mode === 'refuse') throw outOfRange(entry, i, manifest, field, shape)
    actions[i] = entry < low ? low : high
    outside++
  }
  return outside
}

/** The same where entries are choices or padding. A choice that is none is refused whatever the mode. */
function keepFormed(
  actions: Float32Array,
  manifest: Manifest,
  mode: OutOfRange,
  field: string,
  shape: readonly number[],
): number {
  const { agents, action } = manifest
  const [N, A] = [agents.length, action.dimension]
  const [low, high] = [Math.fround(action.low), Math.fround(action.high)]
  const layouts = agents.map(({ actuators, choices }) => layoutOf(actuators.length, choices))
  let outside = 0
  for (let start = 0; start < actions.length; start += A) {
    const layout = layouts[(start / A) % N]!
    const group = undecided(actions, start, layout)
    if (group) throw noChoice(group, start, manifest, field, shape, actions)
    const [numbers, own] = [start + layout.box, start + entriesOf(layout)]
    for (let i = start; i < start + A; i++) {
      if (i >= numbers && i < own) continue
      const [least, most] = i < numbers ? [low, high] : [0, 0] // of padding
      const entry = actions[i]!
      if (entry >= least && entry <= most) continue
      if (mode === 'refuse') throw outOfRange(entry, i, manifest, field, shape, [least, most])
      actions[i] = entry < least ? least : most
      outside++
    }
  }
  return outside
}

function noChoice(
  { from, to }: Group,
  start: number,
  { agents, action }: Manifest,
  name: string,
  shape: readonly number[],
  actions: Float32Array,
): DimaError {
  const place = placeOf(start, [...shape, agents.length, action.dimension]).slice(0, -1)
  const field = name + subscripts(place)
  const given = Array.from(actions.subarray(start + from, start + to))
  const expected = `one of the entries ${from} to ${to - 1} 1 and the others 0`
  return new DimaError(
    'action_out_of_range',
    `${field} of ${agents[place.at(-1)!]!.name} is no choice: expected ${expected}, given ${given.join(', ')}`,
    { field, expected, given },
  )
}

function outOfRange(
  given: number,
  i: number,
  { agents, action }: Manifest,
  name: string,
  shape: readonly number[],
  expected = [action.low, action.high],
): DimaError {
  const place = placeOf(i, [...shape, agents.length, action.dimension])
  const agent = agents[place.at(-2)!]!.name
  const field = name + subscripts(place)
  return new DimaError(
    'action_out_of_range',
    `${field} of ${agent} is ${given}, expected ${expected.join(' to ')}`,
    { field, expected, given },
  )
}
