// Under next_step the step that resets a copy ignores its action; under next_step_acted it applies it.
import { Rng } from '../../../common/rng.ts'
import { demand } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference, type Snapshot } from '../snapshot.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'
import { rowOf, snapshotOf } from './trajectory.ts'

export const resettingStep: Check<GuardedVectorEnv> = {
  title: 'the step that resets a copy, where there is one: whether it ignores the action',
  async run(guard) {
    const { autoreset, numEnvs } = guard.env
    if (autoreset !== 'next_step' && autoreset !== 'next_step_acted') return undefined
    if (guard.options.deterministic === false) return 'the environment promises no determinism'
    const one = await startAfterEnd(guard, 'one')
    if (!one) return 'no end was seen'
    const other = await startAfterEnd(guard, 'other')
    const rows = [one, other!].map(({ start, copy }) => rowOf(start, copy, numEnvs))
    const difference = firstDifference([rows[0]!], [rows[1]!])
    if (autoreset === 'next_step')
      demand(!difference, 'step()', `the action of a step that resets had effect: ${difference}`)
    else demand(!!difference, 'step()', 'the action of a step that resets had no effect')
    return undefined
  },
}

/** What the step after the first end returns, with actions by `key`; all before them are the same every time. */
async function startAfterEnd(
  guard: GuardedVectorEnv,
  key: string,
): Promise<{ start: Snapshot; copy: number } | undefined> {
  const { steps = 1100 } = guard.options
  const rng = new Rng('contract', 'before the end')
  await guard.reset({ seed: 6 })
  for (let i = 0; i < steps; i++) {
    await guard.step(guard.sample(rng))
    const [copy] = guard.ended
    if (copy === undefined) continue
    return { start: snapshotOf(await guard.step(guard.sample(new Rng('contract', key)))), copy }
  }
  return undefined
}
