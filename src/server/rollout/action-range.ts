// Actions outside their space. Robots clamp what their motors are given, and a model has rarely or never seen more: it
// would answer a motor torque of 1e10 with a plausible number. So actions are brought inside before the model gets them,
// and the reply tells how many entries were outside; or they are refused, as the setting OUT_OF_RANGE_ACTIONS says.
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

function outOfRange(
  given: number,
  i: number,
  { agents, action }: Manifest,
  name: string,
  shape: readonly number[],
): DimaError {
  const place = placeOf(i, [...shape, agents.length, action.dimension])
  const agent = agents[place.at(-2)!]!.name
  const field = name + subscripts(place)
  const expected = [action.low, action.high]
  return new DimaError(
    'action_out_of_range',
    `${field} of ${agent} is ${given}, expected ${expected.join(' to ')}`,
    { field, expected, given },
  )
}
