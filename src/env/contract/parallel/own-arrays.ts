// Arrays that are handed over, either way, belong to the caller.
import type { PerAgent, ResetResult } from '../../parallel-env.ts'
import { demand } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference, type Snapshot } from '../snapshot.ts'
import type { GuardedEnv } from './guarded-env.ts'
import { snapshotOf, trajectory } from './trajectory.ts'

const SEED = 4

export const ownArrays: Check<GuardedEnv> = {
  title:
    "returned arrays and the caller's actions: later steps do not change them, writing to them changes nothing",
  async run(guard) {
    const expected = await laterStepsChangeNothing(guard)
    const scribbled = await trajectory(guard, SEED, scribble)
    if (guard.options.deterministic === false) return undefined
    const difference = firstDifference(expected, scribbled)
    const what = 'writing to returned arrays, or to actions after their step, changed what followed'
    demand(!difference, 'step()', `${what}: ${difference}`)
    return undefined
  },
}

async function laterStepsChangeNothing(guard: GuardedEnv): Promise<Snapshot[]> {
  const kept: (() => Snapshot)[] = []
  const snapshots = await trajectory(guard, SEED, (answer) => {
    const state = guard.state()
    kept.push(() => snapshotOf(answer, state))
  })
  const now = kept.map((snapshot) => snapshot())
  const changed = firstDifference(snapshots, now)
  demand(!changed, 'step()', `changed what had been returned before: ${changed}`)
  return snapshots
}

function scribble({ observations }: ResetResult, actions: PerAgent<Float64Array>): void {
  for (const values of Object.values({ ...observations })) values.fill(Number.NaN)
  for (const values of Object.values(actions)) values.fill(Number.NaN)
}
