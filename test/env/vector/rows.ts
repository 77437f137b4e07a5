// One copy's part of an answer.
import type { PerAgent } from '../../../src/env/parallel-env.ts'
import type { VectorReset, VectorStep } from '../../../src/env/vector/vector-env.ts'

export interface Seen {
  observations: PerAgent<Float64Array>
  state: Float64Array
}

export interface Outcome extends Seen {
  rewards: PerAgent<number>
  terminated: boolean
  truncated: boolean
  final?: Seen
}

/** Row `row` of `rows`. */
export const seenOf = ({ observations, states }: VectorReset, row: number, rows: number): Seen => ({
  observations: mapAgents(observations, (values) => rowOf(values, row, rows)),
  state: rowOf(states, row, rows),
})

export function outcomeOf(answer: VectorStep, copy: number): Outcome {
  const { rewards, terminations, truncations, final } = answer
  const place = final ? final.copies.indexOf(copy) : -1
  return {
    ...seenOf(answer, copy, terminations.length),
    rewards: mapAgents(rewards, (values) => values[copy]!),
    terminated: terminations[copy] === 1,
    truncated: truncations[copy] === 1,
    ...(final && place >= 0 ? { final: seenOf(final, place, final.copies.length) } : {}),
  }
}

const mapAgents = <T, U>(values: PerAgent<T>, map: (value: T) => U): PerAgent<U> =>
  Object.fromEntries(Object.entries(values).map(([agent, value]) => [agent, map(value)]))

export function rowOf(values: Float64Array, row: number, rows: number): Float64Array {
  const width = values.length / rows
  return values.slice(row * width, (row + 1) * width)
}
