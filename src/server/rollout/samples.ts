// Several futures of each row of a rollout: n copies of it, one after the other, that differ in the noise alone.
import type { Rollout } from '../../worlds/rollout.ts'

type Numbers = Float32Array | Float64Array | Int32Array

/** Rows 0..B-1 become rows 0..B*n-1; sample s of row b is row b*n + s. */
export function withSamples(rollout: Rollout, n: number): Rollout {
  const { batch } = rollout
  return {
    ...rollout,
    batch: batch * n,
    states: repeatRows(rollout.states, batch, n),
    windows: repeatRows(rollout.windows, batch, n),
    pastActions: repeatRows(rollout.pastActions, batch, n),
    actions: repeatRows(rollout.actions, batch, n),
    samples: Int32Array.from({ length: batch * n }, (_, row) => row % n),
  }
}

/** [B, ...] to [B*n, ...]. */
function repeatRows<T extends Numbers>(values: T, batch: number, n: number): T {
  const width = values.length / batch
  const repeated = new (values.constructor as new (length: number) => T)(values.length * n)
  for (let row = 0; row < batch * n; row++) {
    const from = Math.floor(row / n) * width
    repeated.set(values.subarray(from, from + width), row * width)
  }
  return repeated
}
