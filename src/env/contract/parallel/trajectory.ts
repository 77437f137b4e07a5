// Short episodes as snapshots, with actions that are the same every time.
import { Rng } from '../../../common/rng.ts'
import type { PerAgent, ResetResult, StepResult } from '../../parallel-env.ts'
import type { Snapshot } from '../snapshot.ts'
import type { GuardedEnv } from './guarded-env.ts'

/** What is done with an answer and its actions once they have been copied; awaited. */
export type AfterAnswer = (answer: ResetResult, actions: PerAgent<Float64Array>) => unknown

const STEPS = 10

/** A reset and up to ten steps. */
export async function episode(guard: GuardedEnv, seed?: number, after?: AfterAnswer): Promise<Snapshot[]> {
  const rng = new Rng('contract', 'episode')
  const first = await guard.reset(seed === undefined ? undefined : { seed })
  const snapshots = [snapshotOf(first, guard.state())]
  await after?.(first, {})
  for (let i = 0; i < STEPS && guard.running; i++) {
    const actions = guard.sample(rng)
    const answer = await guard.step(actions)
    snapshots.push(snapshotOf(answer, guard.state()))
    await after?.(answer, actions)
  }
  return snapshots
}

/** Two episodes, the second started without a seed. */
export async function trajectory(guard: GuardedEnv, seed: number, after?: AfterAnswer): Promise<Snapshot[]> {
  return [...(await episode(guard, seed, after)), ...(await episode(guard, undefined, after))]
}

export function snapshotOf(answer: ResetResult | StepResult, state: Float64Array): Snapshot {
  const snapshot = new Map([['the state', state.slice()]])
  const { observations, infos: _, ...numbers } = answer as StepResult
  for (const [agent, values] of Object.entries(observations))
    snapshot.set(`the observation of ${agent}`, values.slice())
  for (const [what, values] of Object.entries(numbers))
    for (const [agent, value] of Object.entries(values))
      snapshot.set(`the ${what.slice(0, -1)} of ${agent}`, Float64Array.of(Number(value)))
  return snapshot
}
