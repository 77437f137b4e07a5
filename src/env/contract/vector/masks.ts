// Resets of some copies leave the others alone, now and in what follows.
import type { VectorReset } from '../../vector/vector-env.ts'
import { demand } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference, type Snapshot } from '../snapshot.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'
import { maskOf, rowOf, snapshotOf, trajectory } from './trajectory.ts'

const SEED = 5

export const masks: Check<GuardedVectorEnv> = {
  title: 'masked resets: the other copies keep their rows and go on as if nothing had happened',
  async run(guard) {
    const { subsetReset } = guard.env
    if (!subsetReset) return 'the environment resets all copies together'
    await rowsAreKept(guard)
    if (guard.options.deterministic === false) return 'the environment promises no determinism'
    await othersGoOn(guard)
    return undefined
  },
}

async function rowsAreKept(guard: GuardedVectorEnv): Promise<void> {
  const { numEnvs } = guard.env
  await guard.reset({ seed: SEED })
  const before = startOf(await guard.step())
  const after = startOf(await guard.reset({ mask: maskOf(numEnvs, [0]) }))
  demandRows(before, after, numEnvs, 1)
  const none = startOf(await guard.reset({ mask: maskOf(numEnvs, []) }))
  demandRows(after, none, numEnvs, 0)
  if (guard.options.randomStarts === false) return
  const same = !firstDifference([rowOf(before, 0, numEnvs)], [rowOf(after, 0, numEnvs)])
  demand(!same, 'reset({ mask })', 'left copy 0 as it was, which it was to reset')
}

async function othersGoOn(guard: GuardedVectorEnv): Promise<void> {
  const { numEnvs } = guard.env
  const alone = await trajectory(guard, { seed: SEED })
  let answers = 0
  const disturbed = await trajectory(guard, { seed: SEED }, async () => {
    if (answers++ === 2) await guard.reset({ mask: maskOf(numEnvs, [0]) })
  })
  alone.forEach((snapshot, i) => {
    demandRows(snapshot, disturbed[i]!, numEnvs, 1)
  })
}

/** The rows of copies from `first` on are the same. */
function demandRows(one: Snapshot, other: Snapshot, numEnvs: number, first: number): void {
  for (let copy = first; copy < numEnvs; copy++) {
    const difference = firstDifference([rowOf(one, copy, numEnvs)], [rowOf(other, copy, numEnvs)])
    const what = `changed copy ${copy}, which it was not to reset: ${difference}`
    demand(!difference, 'reset({ mask })', what, { copy })
  }
}

const startOf = ({ observations, states }: VectorReset): Snapshot => snapshotOf({ observations, states })
