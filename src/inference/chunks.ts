// Cuts a rollout into chunks of rows and puts the results together. Rows do not influence each other, so chunks run
// on different executors and a big rollout can't hold the others up for long.
import type { Rollout, Trajectories } from './rollout.ts'

/** Rows of a chunk: costs the same a row as larger ones, and takes a fraction of a second. */
export const CHUNK_ROWS = 64

export function splitRows(rollout: Rollout, size = CHUNK_ROWS): Rollout[] {
  const { batch, states, windows, pastActions, actions } = rollout
  const slice = <T extends Float64Array | Float32Array | Int32Array>(
    array: T,
    from: number,
    to: number,
  ): T => {
    const width = array.length / batch
    return array.slice(from * width, to * width) as T // a copy: sending a view would send its whole buffer
  }
  return Array.from({ length: Math.ceil(batch / size) }, (_, i) => {
    const [from, to] = [i * size, Math.min(batch, (i + 1) * size)]
    return {
      ...rollout,
      batch: to - from,
      states: slice(states, from, to),
      windows: slice(windows, from, to),
      pastActions: slice(pastActions, from, to),
      actions: slice(actions, from, to),
    }
  })
}

const ARRAYS = [
  'states',
  'observations',
  'rewards',
  'terminationProbabilities',
  'terminations',
  'lengths',
] as const

/** The chunks' trajectories as one; computeMs is the sum. */
export function joinRows(parts: Trajectories[]): Trajectories {
  const first = parts[0]!
  if (parts.length === 1) return first
  const joined = Object.fromEntries(
    ARRAYS.map((name) => [name, concatenate(parts.map((part) => part[name]))]),
  )
  const computeMs = parts.reduce((sum, part) => sum + part.computeMs, 0)
  return { ...(joined as unknown as Trajectories), computeMs }
}

type AnyArray = Float64Array | Float32Array | Int32Array | Uint8Array

function concatenate(parts: AnyArray[]): AnyArray {
  const kind = parts[0]!.constructor as new (length: number) => AnyArray
  const whole = new kind(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
