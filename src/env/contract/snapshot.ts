// Answers as copies that can be compared, to find where two trajectories part.
import type { PerAgent } from '../parallel-env.ts'

/** Everything an answer says, by what it is; the arrays are copies. */
export type Snapshot = ReadonlyMap<string, Float64Array>

export const actionSnapshot = (actions: PerAgent<ArrayLike<number>>): Snapshot =>
  new Map(
    Object.entries(actions).map(([agent, values]) => [`the action of ${agent}`, Float64Array.from(values)]),
  )

/** Where the two differ first, in words. */
export function firstDifference(one: readonly Snapshot[], other: readonly Snapshot[]): string | undefined {
  for (const [i, snapshot] of one.entries()) {
    const difference = differenceOf(snapshot, other[i])
    if (difference) return `answer ${i}, ${difference}`
  }
  return one.length === other.length ? undefined : `${one.length} and ${other.length} answers`
}

function differenceOf(one: Snapshot, other: Snapshot | undefined): string | undefined {
  for (const [what, values] of one) {
    const others = other?.get(what)
    const place = others ? values.findIndex((value, i) => !Object.is(value, others[i])) : 0
    if (place >= 0) return `${what}: entry ${place} is ${values[place]} and ${others?.[place]}`
    if (others!.length !== values.length) return `${what}: ${values.length} and ${others!.length} entries`
  }
  return undefined
}
