// The actions of all agents as one vector, in agent order.
import { DimaError } from '../common/errors.ts'
import type { PerAgent } from './parallel-env.ts'

/** Checks the actions of exactly `agents`, each [A], and writes them one after the other into `joint`. */
export function writeJointAction(
  actions: PerAgent<ArrayLike<number>>,
  agents: readonly string[],
  joint: Float64Array, // [N * A]
): void {
  const size = joint.length / agents.length
  for (let i = 0; i < agents.length; i++) writeAction(agents[i]!, actions[agents[i]!], joint, i * size, size)
  for (const agent in actions) if (!agents.includes(agent)) throw unknownAgent(agent, agents)
}

export const unknownAgent = (agent: string, agents: readonly string[]): DimaError =>
  new DimaError('unknown_agent', `no agent named ${agent}; the agents are ${agents.join(', ')}`, {
    field: agent,
    expected: agents,
    given: agent,
  })

function writeAction(
  agent: string,
  action: ArrayLike<number> | undefined,
  joint: Float64Array,
  offset: number,
  size: number,
): void {
  if (!action) throw new DimaError('unknown_agent', `no action for ${agent}`, { field: agent })
  if (action.length !== size)
    throw new DimaError('invalid_shape', `the action of ${agent} has ${action.length} values, not ${size}`, {
      field: agent,
      expected: [size],
      given: [action.length],
    })
  for (let i = 0; i < size; i++) {
    const value = action[i]!
    if (!Number.isFinite(value))
      throw new DimaError('not_finite', `value ${i} of the action of ${agent} is ${value}`, {
        field: `${agent}[${i}]`,
        given: String(value),
      })
    joint[offset + i] = value
  }
}
