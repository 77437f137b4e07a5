// The actions of all agents, checked and put in their places among the controls.
import { DimaError } from '../common/errors.ts'
import type { PerAgent } from './parallel-env.ts'

/** An agent, and the place of each entry of its action. */
export interface ActingAgent {
  readonly name: string
  readonly controls: readonly number[]
}

/** Checks the actions of exactly `agents` and writes each entry to its place in `controls`. */
export function writeAgentActions(
  actions: PerAgent<ArrayLike<number>>,
  agents: readonly ActingAgent[],
  controls: Float64Array,
): void {
  for (let i = 0; i < agents.length; i++) {
    const agent = agents[i]!
    writeAction(agent.name, actions[agent.name], controls, agent.controls)
  }
  if (countKeys(actions) !== agents.length) refuseStrangers(actions, agents)
}

function countKeys(record: object): number {
  let count = 0
  for (const _key in record) count++
  return count
}

function refuseStrangers(actions: object, agents: readonly ActingAgent[]): void {
  const names = agents.map(({ name }) => name)
  for (const agent in actions) if (!names.includes(agent)) throw unknownAgent(agent, names)
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
  controls: Float64Array,
  places: readonly number[],
): void {
  const size = places.length
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
    controls[places[i]!] = value
  }
}
