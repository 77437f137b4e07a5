// The rows of a streamed rollout as positions of live sessions, so that they are stepped by the same code.
import { follow, newLineage, type Position, rowOf, withAction } from '../../inference/live/position.ts'
import type { LiveRow, StepOutcome } from '../../worlds/dima/serve/live-row.ts'
import { scaledStarts } from '../../worlds/dima/serve/scaling.ts'
import { lettersOf, type SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import { startKeys } from '../../worlds/noise.ts'
import type { Rollout } from '../../worlds/rollout.ts'

export interface LiveRows {
  /** [B] what an executor needs for everyone's next step */
  next(): LiveRow[]
  /** @param outcomes [B] of those rows */
  follow(outcomes: readonly StepOutcome[]): void
}

export function liveRows(spec: SimulatorSpec, rollout: Rollout): LiveRows {
  const { N, A } = lettersOf(spec)
  let positions = startPositions(spec, rollout)
  let t = 0
  /** [L + h, N, A] with the action to take */
  const actionsOf = (position: Position, row: number): Float32Array => {
    const from = (row * rollout.horizon + t) * N * A
    return withAction(position, rollout.actions.subarray(from, from + N * A))
  }
  let actions: Float32Array[] = []
  return {
    next: () => {
      actions = positions.map(actionsOf)
      return positions.map((position, row) => rowOf(spec, position, actions[row]!))
    },
    follow: (outcomes) => {
      positions = positions.map((position, row) =>
        follow(spec, position, actions[row]!, outcomes[row]!, null),
      )
      t++
    },
  }
}

/** [B] Where each row stands before its first action. */
function startPositions(spec: SimulatorSpec, rollout: Rollout): Position[] {
  const { L, N, A, S } = lettersOf(spec)
  const x = scaledStarts(spec, { ...rollout, horizon: 0 }) // [B, L, S]
  return Array.from(startKeys(rollout, L), (key, row) => ({
    lineage: newLineage(),
    seed: rollout.seed,
    key,
    episode: 0,
    episodeStep: 0,
    states: x.slice(row * L * S, (row + 1) * L * S),
    actions: rollout.pastActions.slice(row * (L - 1) * N * A, (row + 1) * (L - 1) * N * A),
    state: rollout.states.slice(((row + 1) * L - 1) * S, (row + 1) * L * S),
    observations: new Float32Array(0), // not asked for
    terminated: false,
    truncated: false,
  }))
}
