// Several futures of each row of a rollout: n copies of it, one after the other, that differ in the noise alone.
import type { Rollout } from '../../worlds/rollout.ts'
import { repeatRows } from '../../worlds/rows.ts'

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
