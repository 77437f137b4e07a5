// What an answer may hold: keys for the right agents, arrays of the right kind and size, numbers inside their space.
import type { Box } from '../spaces.ts'
import { broken, demand } from './broken.ts'

/** Exactly these agents, in any order. */
export function checkKeys(call: string, what: string, values: unknown, agents: readonly string[]): void {
  demand(typeof values === 'object' && values !== null, call, `${what} is ${values}, not one value an agent`)
  for (const agent of agents)
    demand(Object.hasOwn(values, agent), call, `${what} has nothing for ${agent}`, { field: agent })
  const more = Object.keys(values).find((agent) => !agents.includes(agent))
  demand(more === undefined, call, `${what} names ${more}, which did not act`, { field: more! })
}

/** A Float64Array of `rows` vectors of `space`, every number finite and within its bounds. */
export function checkVectors(
  call: string,
  what: string,
  space: Box,
  values: unknown,
  rows = 1,
): asserts values is Float64Array {
  const size = space.low.length
  checkArray(call, what, values, rows * size)
  for (let i = 0; i < values.length; i++) {
    const [value, k] = [values[i]!, i % size]
    if (Number.isFinite(value) && value >= space.low[k]! && value <= space.high[k]!) continue
    const place = rows === 1 ? '' : ` of copy ${Math.floor(i / size)}`
    const bounds = `within [${space.low[k]}, ${space.high[k]}]`
    const entry = space.names[k]
    throw broken(call, `${what}${place}: ${entry} is ${value}, not a finite number ${bounds}`, { entry })
  }
}

export function checkArray(
  call: string,
  what: string,
  values: unknown,
  length: number,
): asserts values is Float64Array {
  const kind = values === null || values === undefined ? String(values) : values.constructor.name
  demand(values instanceof Float64Array, call, `${what} is ${kind}, not a Float64Array`)
  const details = { expected: [length], given: [values.length] }
  demand(values.length === length, call, `${what} has ${values.length} numbers, not ${length}`, details)
}

export function checkFinite(call: string, what: string, values: Float64Array): void {
  const row = values.findIndex((value) => !Number.isFinite(value))
  demand(row < 0, call, `${what}: copy ${row} has ${values[row]}, not a finite number`)
}
