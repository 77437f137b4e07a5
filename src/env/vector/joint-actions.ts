// The actions of all agents in all copies, checked and put in their places among the controls.
import { DimaError } from '../../common/errors.ts'
import { type ActingAgent, unknownAgent } from '../agent-actions.ts'
import type { PerAgent } from '../parallel-env.ts'

/**
 * Checks an array [E, A] of exactly each of the agents and writes its rows to their places in `controls`
 * [E, actuators]. DimaError `unknown_agent`, `invalid_shape`, `not_finite`.
 */
export function writeJointActions(
  actions: PerAgent<ArrayLike<number>>,
  agents: readonly ActingAgent[],
  numEnvs: number,
  controls: Float64Array,
): void {
  for (let i = 0; i < agents.length; i++)
    writeActions(actions[agents[i]!.name], agents[i]!, numEnvs, controls)
  for (const name in actions)
    if (!agents.some((agent) => agent.name === name))
      throw unknownAgent(
        name,
        agents.map((agent) => agent.name),
      )
}

function writeActions(
  actions: ArrayLike<number> | undefined,
  { name, controls: places }: ActingAgent,
  numEnvs: number,
  controls: Float64Array,
): void {
  const size = places.length
  if (!actions) throw new DimaError('unknown_agent', `no actions for ${name}`, { field: name })
  if (actions.length !== numEnvs * size) throw wrongLength(name, actions.length, [numEnvs, size])
  const width = controls.length / numEnvs
  for (let e = 0; e < numEnvs; e++)
    for (let i = 0; i < size; i++) {
      const value = actions[e * size + i]!
      if (!Number.isFinite(value)) throw notFinite(name, e, i, value)
      controls[e * width + places[i]!] = value
    }
}

const wrongLength = (agent: string, length: number, [numEnvs, size]: [number, number]) =>
  new DimaError(
    'invalid_shape',
    `the actions of ${agent} have ${length} values, not ${numEnvs * size} (${numEnvs} copies of ${size})`,
    { field: agent, expected: [numEnvs, size], given: [length] },
  )

const notFinite = (agent: string, copy: number, entry: number, value: number) =>
  new DimaError('not_finite', `value ${entry} of the action of ${agent} in copy ${copy} is ${value}`, {
    field: `${agent}[${copy}][${entry}]`,
    given: String(value),
  })
