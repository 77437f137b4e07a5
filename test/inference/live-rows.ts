// Steps the rows of an open-loop rollout one at a time, as live sessions do, with the actions of the rollout.
import type { LiveRow, StepOutcome } from '../../src/worlds/dima/serve/live-row.ts'
import { scaledStarts } from '../../src/worlds/dima/serve/scaling.ts'
import { lettersOf, type SimulatorSpec } from '../../src/worlds/dima/serve/spec.ts'
import { startKeys } from '../../src/worlds/noise.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'

export interface Walker {
  /** The row before its next step; the same until `take`. */
  row(): LiveRow
  take(outcome: StepOutcome): void
}

export function walkers(spec: SimulatorSpec, rollout: Rollout, firstId = 1): Walker[] {
  const keys = startKeys(rollout, spec.context)
  return Array.from({ length: rollout.batch }, (_, i) => walker(spec, rollout, i, keys[i]!, firstId + i))
}

function walker(spec: SimulatorSpec, rollout: Rollout, index: number, key: number, id: number): Walker {
  const { L, N, A, S } = lettersOf(spec)
  const joint = N * A
  const rowOf = (data: Float32Array, width: number) => [...data.subarray(index * width, (index + 1) * width)]
  const states = rowOf(scaledStarts(spec, { ...rollout, horizon: 0 }), L * S)
  const padding = (L - rollout.windows[index]!) * joint // slots before the first real action are zero
  const past = rowOf(rollout.pastActions, (L - 1) * joint).map((a, i) => (i < padding ? 0 : a))
  const given = rowOf(rollout.actions, rollout.horizon * joint)
  let step = 0
  const actions = () => [...past, ...given.slice(0, (step + 1) * joint)]
  return {
    row: () => ({
      id,
      seed: rollout.seed,
      key,
      step,
      window: Float32Array.from(states.slice(-L * S)),
      actions: Float32Array.from(actions().slice(-L * joint)),
      rewardStates: Float32Array.from(states.slice((L - 1) * S)),
      rewardActions: Float32Array.from(given.slice(0, (step + 1) * joint)),
    }),
    take: ({ next }) => {
      states.push(...next)
      step++
    },
  }
}
