// What a server declared in `made`, checked as a whole. All its later answers are held against it.
import { sum } from '../../common/statistics.ts'
import type { PerAgent } from '../parallel-env.ts'
import type { AutoresetMode } from '../vector/vector-env.ts'
import { MOST_BYTES } from './limits.ts'
import { check, checkUnique, Made } from './messages.ts'
import { protocolError } from './protocol-error.ts'
import type { Fields } from './read-message.ts'
import { type DeclaredSpace, readActionSpace, readSpace } from './spaces.ts'

export interface DeclaredAgent {
  readonly name: string
  readonly observation: DeclaredSpace
  readonly action: DeclaredSpace
}

export interface Declaration {
  readonly env: string
  readonly numEnvs: number
  readonly agents: readonly DeclaredAgent[]
  /** Space of the state; without one the state is the observations, joined. */
  readonly state: DeclaredSpace | undefined
  readonly shared: boolean
  readonly maxSteps: number
  readonly autoreset: AutoresetMode
  readonly subsetReset: boolean
  readonly deterministic: boolean
  readonly dt: number
}

/** @param numEnvs as it was asked for */
export function readMade(answer: Fields, numEnvs: number): Declaration {
  const made = check(Made, answer)
  if (made.num_envs !== numEnvs) throw protocolError('num_envs', 'is another', numEnvs, made.num_envs)
  const agents = readAgents(made)
  const state = made.state_space && readSpace(made.state_space, 'state_space', 'state')
  checkFrame(numEnvs, [...agents.map(({ observation }) => observation), ...(state ? [state] : [])])
  checkFrame(
    numEnvs,
    agents.map(({ action }) => action),
  )
  return {
    env: made.env,
    numEnvs,
    agents,
    state,
    shared: made.reward === 'shared',
    maxSteps: made.max_steps,
    autoreset: made.autoreset,
    subsetReset: made.subset_reset,
    deterministic: made.deterministic,
    dt: made.dt,
  }
}

function readAgents({ possible_agents: names, obs_spaces, act_spaces }: Made): DeclaredAgent[] {
  checkUnique(names, 'possible_agents')
  checkAgents(obs_spaces, names, 'obs_spaces')
  checkAgents(act_spaces, names, 'act_spaces')
  return names.map((name) => ({
    name,
    observation: readSpace(obs_spaces[name], `obs_spaces.${name}`, 'obs'),
    action: readActionSpace(act_spaces[name], `act_spaces.${name}`),
  }))
}

/** A map with exactly these agents. */
export function checkAgents(map: Fields, agents: readonly string[], field: string): void {
  for (const agent of agents)
    if (!(agent in map)) throw protocolError(`${field}.${agent}`, 'is missing', agents, undefined)
  const given = Object.keys(map)
  if (given.length === agents.length) return
  const unknown = given.find((agent) => !agents.includes(agent))
  throw protocolError(field, 'has an unknown agent', agents, unknown)
}

function checkFrame(numEnvs: number, spaces: readonly DeclaredSpace[]): void {
  const bytes = numEnvs * sum(spaces.map(({ box, dtype }) => box.low.length * Number(dtype[2])))
  if (bytes >= MOST_BYTES)
    throw protocolError('num_envs', 'makes a step too large', `less than ${MOST_BYTES} bytes`, bytes)
}

/** One value an agent, in order. */
export const forAgents = <T>(
  agents: readonly DeclaredAgent[],
  value: (agent: DeclaredAgent) => T,
): PerAgent<T> => {
  const values: PerAgent<T> = {}
  for (const agent of agents) values[agent.name] = value(agent)
  return values
}
