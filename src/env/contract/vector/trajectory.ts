// A few steps of all copies as snapshots, with actions that are the same every time.
import { Rng } from '../../../common/rng.ts'
import type { PerAgent } from '../../parallel-env.ts'
import type { VectorReset, VectorResetOptions, VectorStep } from '../../vector/vector-env.ts'
import type { Snapshot } from '../snapshot.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'

/** What is done with an answer and its actions once they have been copied; awaited. */
export type AfterAnswer = (answer: VectorReset, actions: PerAgent<Float64Array>) => unknown

/** A reset and eight steps; copies that end are reset. */
export async function trajectory(
  guard: GuardedVectorEnv,
  options: VectorResetOptions,
  after?: AfterAnswer,
): Promise<Snapshot[]> {
  const rng = new Rng('contract', 'trajectory')
  const first = await guard.reset(options)
  const snapshots = [snapshotOf(first)]
  await after?.(first, {})
  for (let i = 0; i < 8; i++) {
    const actions = guard.sample(rng)
    await resetEnded(guard)
    const answer = await guard.step(actions)
    snapshots.push(snapshotOf(answer))
    await after?.(answer, actions)
  }
  return snapshots
}

/** Under autoreset disabled, whoever steps must reset what has ended. */
export async function resetEnded(guard: GuardedVectorEnv): Promise<VectorReset | undefined> {
  const { env, ended } = guard
  if (env.autoreset !== 'disabled' || ended.length === 0) return undefined
  return guard.reset(env.subsetReset ? { mask: maskOf(env.numEnvs, ended) } : {})
}

export const maskOf = (numEnvs: number, copies: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: numEnvs }, (_, copy) => Number(copies.includes(copy)))

export function snapshotOf(answer: VectorReset | VectorStep): Snapshot {
  const { observations, states, rewards = {}, terminations, truncations, final, infos } = answer as VectorStep
  const arrays = {
    states,
    ...named('observations', observations),
    ...named('rewards', rewards),
    ...(terminations && { terminations, truncations }),
    ...(infos?.success && { 'infos.success': infos.success }),
    ...(final && { 'final states': final.states, ...named('final observations', final.observations) }),
  }
  return new Map(Object.entries(arrays).map(([what, values]) => [what, Float64Array.from(values)]))
}

const named = (what: string, values: PerAgent<Float64Array>): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(values).map(([agent, array]) => [`${what} of ${agent}`, array]))

/** Row `copy` of everything that has a row a copy. */
export const rowOf = (snapshot: Snapshot, copy: number, numEnvs: number): Snapshot =>
  new Map(
    [...snapshot].flatMap(([what, values]) => {
      if (what.startsWith('final')) return []
      const width = values.length / numEnvs
      return [[what, values.slice(copy * width, (copy + 1) * width)] as const]
    }),
  )
