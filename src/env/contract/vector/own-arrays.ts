// Arrays that are handed over, either way, belong to the caller.
import type { PerAgent } from '../../parallel-env.ts'
import type { VectorReset } from '../../vector/vector-env.ts'
import { demand } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference, type Snapshot } from '../snapshot.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'
import { snapshotOf, trajectory } from './trajectory.ts'

const SEED = 4

export const vectorOwnArrays: Check<GuardedVectorEnv> = {
  title:
    "returned arrays and the caller's actions: later steps do not change them, writing to them changes nothing",
  async run(guard) {
    const { overwrites = false, deterministic = true } = guard.options
    const expected = overwrites
      ? await trajectory(guard, { seed: SEED })
      : await laterStepsChangeNothing(guard)
    const scribbled = await trajectory(guard, { seed: SEED }, overwrites ? spoilActions : spoilAll)
    if (deterministic) demandSame(expected, scribbled)
    return overwrites ? 'its answers overwrite one another, as was said' : undefined
  },
}

function demandSame(expected: Snapshot[], scribbled: Snapshot[]): void {
  const difference = firstDifference(expected, scribbled)
  const what = 'writing to returned arrays, or to actions after their step, changed what followed'
  demand(!difference, 'step()', `${what}: ${difference}`)
}

async function laterStepsChangeNothing(guard: GuardedVectorEnv): Promise<Snapshot[]> {
  const kept: VectorReset[] = []
  const snapshots = await trajectory(guard, { seed: SEED }, (answer) => kept.push(answer))
  const changed = firstDifference(snapshots, kept.map(snapshotOf))
  demand(!changed, 'step()', `changed what had been returned before: ${changed}`)
  return snapshots
}

function spoilAll({ observations, states }: VectorReset, actions: PerAgent<Float64Array>): void {
  for (const values of [...Object.values(observations), states]) values.fill(Number.NaN)
  spoilActions(undefined, actions)
}

function spoilActions(_: unknown, actions: PerAgent<Float64Array>): void {
  for (const values of Object.values(actions)) values.fill(Number.NaN)
}
