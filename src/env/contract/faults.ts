// Actions that must be refused.
import type { ErrorCode } from '../../common/errors.ts'
import type { PerAgent } from '../parallel-env.ts'
import { strangerTo } from './check-spaces.ts'

export interface Fault {
  /** The call in words. */
  readonly call: string
  readonly code: ErrorCode
  readonly actions: PerAgent<ArrayLike<number>>
  /** The agent to be named. */
  readonly culprit: string
}

/** The first and the last agent have each fault once: an environment must look at all actions before it moves. */
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
