// How far the robot has come. A state leaves that out: it is the integral of its velocity, which is taken to change evenly
// over a step (src/render/travel.ts).
import type { Body } from './body.ts'

/** What a step from `before` to `after`, states [S], adds to the way along an axis, metres. */
export function wayOf(
  body: Body | undefined,
  axis: 'x' | 'y',
  before: ArrayLike<number>,
  after: ArrayLike<number>,
): number {
  const entry = body?.travel[axis]
  if (body === undefined || entry === undefined) return 0
  return (body.step_seconds * (before[entry]! + after[entry]!)) / 2
}

/** out = before + share * (after - before), entry by entry. */
export function between(
  out: Float64Array,
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  share: number,
): Float64Array {
  for (let i = 0; i < out.length; i++) out[i] = before[i]! + share * (after[i]! - before[i]!)
  return out
}
