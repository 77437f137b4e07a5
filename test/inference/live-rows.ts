// Steps the rows of an open-loop rollout one at a time, as live sessions do, with the actions of the rollout.

import type { DimaSpec } from '../../src/worlds/dima/serve/manifest.ts'
import { scaledStarts } from '../../src/worlds/dima/serve/scaling.ts'
import type { LiveRow, StepOutcome } from '../../src/worlds/live.ts'
import { startKeys } from '../../src/worlds/noise.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'
import { lettersOf } from '../../src/worlds/world.ts'

export interface Walker {
  /** The row before its next step; the same until `take`. */
  row(): LiveRow
  take(outcome: StepOutcome): void
}

export function walkers(spec: DimaSpec, rollout: Rollout, firstId = 1): Walker[] {
  const keys = startKeys(rollout, spec.context)
  return Array.from({ length: rollout.batch }, (_, i) => walker(spec, rollout, i, keys[i]!, firstId + i))
}

function walker(spec: DimaSpec, rollout: Rollout, index: number, key: number, id: number): Walker {
  const { L, N, A, S } = lettersOf(spec)
  const joint = N * A
  const rowOf = (data: Float32Array, width: number) => [...data.subarray(index * width, (index + 1) * width)]
  const states = rowOf(scaledStarts(spec, rollout), L * S)
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
      turn: { states: Float32Array.from(states), actions: Float32Array.from(actions()) },
    }),
    take: ({ carried }) => {
      states.push(...carried)
      step++
    },
  }
}
