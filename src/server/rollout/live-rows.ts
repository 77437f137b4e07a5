// The rows of a streamed rollout as positions of live sessions, so that they are stepped by the same code.
import { newLineage, type Position } from '../../inference/live/position.ts'
import { startKeys } from '../../inference/simulator/noise.ts'
import type { Rollout } from '../../inference/simulator/rollout.ts'
import { scaledStarts } from '../../inference/simulator/scaling.ts'
import { lettersOf, type SimulatorSpec } from '../../inference/simulator/spec.ts'

/** [B] Where each row stands before its first action. */
export function startPositions(spec: SimulatorSpec, rollout: Rollout): Position[] {
  const { L, N, A, S } = lettersOf(spec)
  const keys = startKeys(rollout, L)
  const x = scaledStarts(spec, { ...rollout, horizon: 0 }) // [B, L, S]
  return Array.from(keys, (key, row) => {
    const window = x.slice(row * L * S, (row + 1) * L * S)
    return {
      lineage: newLineage(),
      seed: rollout.seed,
      key,
      episode: 0,
      episodeStep: 0,
      window,
      pastActions: rollout.pastActions.slice(row * (L - 1) * N * A, (row + 1) * (L - 1) * N * A),
      rewardStates: window.slice((L - 1) * S),
      rewardActions: new Float32Array(0),
      state: rollout.states.slice(((row + 1) * L - 1) * S, (row + 1) * L * S),
      observations: new Float32Array(0), // not asked for
      terminated: false,
      truncated: false,
    }
  })
}
