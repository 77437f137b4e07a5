// Spaces of any environment, single or vectorised: the same object every time, sizes that agree, unique names, units.
import { sizeOf } from '../../common/tensors.ts'
import type { Box } from '../spaces.ts'
import { demand, demandRefusal } from './broken.ts'

export interface Spaces {
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box
  observationSpace(agent: string): Box
  actionSpace(agent: string): Box
}

export const SPACES_TITLE = 'spaces: agents, sizes, bounds, names and units'

export async function checkSpaces(env: Spaces): Promise<undefined> {
  checkAgents(env.possibleAgents)
  const { stateSpace } = env
  demand(env.stateSpace === stateSpace, 'stateSpace', 'is another object every time')
  checkBox('stateSpace', stateSpace)
  const stranger = strangerTo(env.possibleAgents)
  for (const kind of ['observationSpace', 'actionSpace'] as const) {
    for (const agent of env.possibleAgents) checkSpaceOf(env, kind, agent)
    const call = `${kind}('${stranger}')`
    await demandRefusal(call, 'unknown_agent', () => env[kind](stranger), stranger)
  }
}

/** A name that no agent has. */
export function strangerTo(agents: readonly string[]): string {
  let name = 'nobody'
  while (agents.includes(name)) name += '_'
  return name
}

function checkAgents(agents: readonly string[]): void {
  const call = 'possibleAgents'
  demand(agents.length > 0, call, 'is empty')
  const twice = agents.find((agent, i) => agents.indexOf(agent) !== i)
  demand(twice === undefined, call, `names ${twice} twice`, { field: twice! })
}

function checkSpaceOf(env: Spaces, kind: 'observationSpace' | 'actionSpace', agent: string): void {
  const call = `${kind}('${agent}')`
  const space = env[kind](agent)
  demand(env[kind](agent) === space, call, 'is another object every time', { field: agent })
  checkBox(call, space)
}

function checkBox(call: string, space: Box): void {
  const { low, high, shape, names, units } = space
  const whole = shape.every((length) => Number.isInteger(length) && length >= 0)
  demand(whole && shape.length > 0, call, `its shape is [${shape}]`)
  const size = sizeOf(shape)
  for (const [what, { length }] of Object.entries({ low, high, names, units }))
    demand(length === size, call, `${what} has ${length} entries for the shape [${shape}]`)
  for (const bound of [low, high])
    demand(bound instanceof Float64Array, call, 'its bounds are not Float64Arrays')
  names.forEach((name, i) => {
    demand(name !== '', call, `entry ${i} has no name`)
    demand(names.indexOf(name) === i, call, `two entries are named ${name}`, { entry: name })
    demand(units[i] !== '', call, `${name} has no unit; a pure number has the unit "1"`, { entry: name })
    demand(low[i]! <= high[i]!, call, `${name} has the bounds [${low[i]}, ${high[i]}]`, { entry: name })
  })
}
