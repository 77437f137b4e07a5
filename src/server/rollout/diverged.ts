// JSON has no NaN (it would become null), so a trajectory that left the finite numbers is an error of its own.
import { DimaError } from '../../common/errors.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'

/** Throws DimaError `diverged` naming the row and the step. */
export function checkFinite({ batch, horizon }: Rollout, trajectories: Trajectories): void {
  for (const name of ['states', 'observations', 'rewards', 'terminationProbabilities', 'actions'] as const) {
    const values = trajectories[name]
    const wrong = values ? firstNotFinite(values) : -1
    if (wrong < 0) continue
    const step = Math.floor(wrong / (values!.length / (batch * horizon)))
    throw divergedAt(Math.floor(step / horizon), step % horizon)
  }
}

export const divergedAt = (row: number, t: number): DimaError =>
  new DimaError('diverged', `row ${row} left the finite numbers at step ${t}`, {
    field: `actions[${row}][${t}]`,
  })

export function firstNotFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i
  return -1
}
