import type { VectorResetOptions } from '../../vector/vector-env.ts'
import { demand } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference, type Snapshot } from '../snapshot.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'
import { maskOf, rowOf, snapshotOf, trajectory } from './trajectory.ts'

const SEED = 7

export const vectorSeeds: Check<GuardedVectorEnv> = {
  title: 'seeds: copy e of seed s starts as seed s + e does; the same seed gives the same trajectory',
  async run(guard) {
    const { deterministic = true, randomStarts = true } = guard.options
    if (!deterministic) return 'the environment promises no determinism'
    await repeats(guard)
    await shifts(guard)
    if (guard.env.subsetReset) await seedsUnderMask(guard)
    if (!randomStarts) return 'all episodes start alike, so seeds are not told apart'
    await differ(guard)
    return undefined
  },
}

async function repeats(guard: GuardedVectorEnv): Promise<void> {
  const first = await trajectory(guard, { seed: SEED })
  const difference = firstDifference(first, await trajectory(guard, { seed: SEED }))
  demand(!difference, `reset({ seed: ${SEED} })`, `the same seed gave another trajectory: ${difference}`)
}

async function shifts(guard: GuardedVectorEnv): Promise<void> {
  const { numEnvs } = guard.env
  const start = await startOf(guard, { seed: SEED })
  const listed = await startOf(guard, { seed: Array.from({ length: numEnvs }, (_, copy) => SEED + copy) })
  const difference = firstDifference([start], [listed])
  demand(!difference, `reset({ seed: [${SEED}, ...] })`, `is not reset({ seed: ${SEED} }): ${difference}`)
  const next = await startOf(guard, { seed: SEED + 1 })
  for (let copy = 1; copy < numEnvs; copy++) {
    const [one, other] = [rowOf(start, copy, numEnvs), rowOf(next, copy - 1, numEnvs)]
    const apart = firstDifference([one], [other])
    const what = `copy ${copy} does not start as copy ${copy - 1} of seed ${SEED + 1}: ${apart}`
    demand(!apart, `reset({ seed: ${SEED} })`, what, { copy })
  }
}

async function seedsUnderMask(guard: GuardedVectorEnv): Promise<void> {
  const { numEnvs } = guard.env
  const last = numEnvs - 1
  const expected = rowOf(await startOf(guard, { seed: SEED }), last, numEnvs)
  await guard.reset()
  const given = await startOf(guard, { seed: SEED, mask: maskOf(numEnvs, [last]) })
  const difference = firstDifference([expected], [rowOf(given, last, numEnvs)])
  const what = `copy ${last} does not start as without the mask: ${difference}`
  demand(!difference, `reset({ mask, seed: ${SEED} })`, what, { copy: last })
}

async function differ(guard: GuardedVectorEnv): Promise<void> {
  const { numEnvs } = guard.env
  const start = await startOf(guard, { seed: SEED })
  const next = await startOf(guard, {})
  const other = await startOf(guard, { seed: SEED + numEnvs })
  for (let copy = 0; copy < numEnvs; copy++) {
    const [row, nextRow, otherRow] = [start, next, other].map((snapshot) => [rowOf(snapshot, copy, numEnvs)])
    const afresh = `copy ${copy} starts its stream afresh instead of going on with it`
    demand(!!firstDifference(row!, nextRow!), 'reset()', afresh, { copy })
    const alike = `copy ${copy} starts just as under reset({ seed: ${SEED} })`
    demand(!!firstDifference(row!, otherRow!), `reset({ seed: ${SEED + numEnvs} })`, alike, { copy })
  }
}

const startOf = async (guard: GuardedVectorEnv, options: VectorResetOptions): Promise<Snapshot> =>
  snapshotOf(await guard.reset(options))
