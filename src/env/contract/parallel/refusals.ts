// Faulty actions: refused by name, and nothing has moved.
import type { ErrorCode } from '../../../common/errors.ts'
import type { PerAgent } from '../../parallel-env.ts'
import { demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import { strangerTo } from '../check-spaces.ts'
import { firstDifference } from '../snapshot.ts'
import type { GuardedEnv } from './guarded-env.ts'
import { trajectory } from './trajectory.ts'

export interface Fault {
  /** The call in words. */
  readonly call: string
  readonly code: ErrorCode
  readonly actions: PerAgent<ArrayLike<number>>
  /** The agent to be named. */
  readonly culprit: string
}

export const refusals: Check<GuardedEnv> = {
  title:
    'refusals: an agent missing or unknown, a wrong length, NaN and Infinity; the environment stays as it was',
  async run(guard) {
    await guard.reset({ seed: 2 })
    await refuseAll(guard)
    if (guard.options.deterministic === false) return undefined
    const expected = await trajectory(guard, 3)
    const refused = await trajectory(guard, 3, () => (guard.running ? refuseAll(guard) : undefined))
    const difference = firstDifference(expected, refused)
    demand(!difference, 'step()', `refused actions changed what followed: ${difference}`)
    return undefined
  },
}

async function refuseAll(guard: GuardedEnv): Promise<void> {
  const before = guard.state()
  const agents = guard.env.agents
  for (const { call, code, actions, culprit } of faultsOf(guard.sample())) {
    await demandRefusal(call, code, () => guard.env.step(actions), culprit)
    const moved = guard.state().some((value, i) => !Object.is(value, before[i]))
    demand(!moved, call, 'was refused and changed the state')
    demand(guard.env.agents.length === agents.length, call, 'was refused and ended the episode')
  }
}

/** One fault in the first and in the last agent each, so that nothing is moved before all has been looked at. */
export function faultsOf(good: PerAgent<Float64Array>): Fault[] {
  const agents = Object.keys(good)
  const stranger = strangerTo(agents)
  const whole: Fault = {
    call: `step() with an action of ${stranger}`,
    code: 'unknown_agent',
    actions: { ...good, [stranger]: [0] },
    culprit: stranger,
  }
  return [whole, ...[...new Set([agents[0]!, agents.at(-1)!])].flatMap((agent) => faultsIn(good, agent))]
}

function faultsIn(good: PerAgent<Float64Array>, agent: string): Fault[] {
  const { [agent]: action, ...missing } = good
  const fault = (what: string, code: ErrorCode, actions: PerAgent<ArrayLike<number>>): Fault => ({
    call: `step() with ${what} ${agent}`,
    code,
    actions,
    culprit: agent,
  })
  const faults = [
    fault('no action of', 'unknown_agent', missing),
    fault('one number too many in the action of', 'invalid_shape', { ...good, [agent]: [...action!, 0] }),
  ]
  if (action!.length === 0) return faults
  const last = action!.length - 1
  const bad = (value: number) => ({ ...good, [agent]: action!.with(last, value) })
  return [
    ...faults,
    fault('one number too few in the action of', 'invalid_shape', { ...good, [agent]: action!.slice(1) }),
    fault('NaN in the action of', 'not_finite', bad(Number.NaN)),
    fault('Infinity in the action of', 'not_finite', bad(Number.POSITIVE_INFINITY)),
  ]
}
