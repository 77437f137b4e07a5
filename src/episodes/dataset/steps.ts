// How many steps an episode has, told by the shapes of its arrays before a number is read: all have to agree.
import type { Hdf5File } from './hdf5.ts'
import { type AgentLayout, type Layout, leavesOf } from './layout.ts'
import { seriesKeys } from './outcomes.ts'

/** A guess from actions and rewards alone, before the layout is known: 0 for a group that has neither. */
export function mostSteps(file: Hdf5File, episode: string): number {
  const keys = ['actions', 'rewards'].flatMap((key) => leavesOf(file, episode, key))
  const there = keys.filter((key) => file.kind(`${episode}/${key}`) === 'dataset')
  return Math.max(0, ...there.map((key) => file.shape(`${episode}/${key}`)[0] ?? 0))
}

/**
 * T: rows of actions, rewards and flags. States and observations have T + 1, or T where the last was not recorded.
 * DimaError `invalid_dataset` names an array that is missing, that the layout does not have, or of another length.
 */
export function stepsIn(file: Hdf5File, episode: string, layout: Layout): number {
  checkKeys(file, episode, layout)
  const { agents, state } = layout
  const actions = keysOf(agents, (agent) => agent.actions)
  const observations = keysOf(agents, (agent) => agent.observations)
  const series = ['rewards', 'terminations', 'truncations'].flatMap((key) =>
    seriesKeys(file, episode, key, layout),
  )
  const steps = rowsOf(file, episode, actions[0]!)
  const seen = [steps + 1, steps]
  const expect = (key: string, expected: readonly number[]) => checkRows(file, episode, key, expected, steps)
  for (const key of [...actions, ...series]) expect(key, [steps])
  for (const key of [observations[0]!, ...(state ?? []).map((column) => column.key)]) expect(key, seen)
  for (const key of observations) expect(key, [rowsOf(file, episode, observations[0]!)])
  return steps
}

const keysOf = (agents: Layout['agents'], pick: (agent: AgentLayout) => AgentLayout['actions']): string[] =>
  agents.flatMap((agent) => pick(agent).map(({ key }) => key))

function rowsOf(file: Hdf5File, episode: string, key: string): number {
  const [rows] = file.shape(`${episode}/${key}`)
  if (rows !== undefined) return rows
  throw file.invalid(`${episode}/${key}`, 'is a single value, not one row a step')
}

function checkRows(
  file: Hdf5File,
  episode: string,
  key: string,
  expected: readonly number[],
  steps: number,
): void {
  const given = rowsOf(file, episode, key)
  if (expected.includes(given)) return
  const told = `has ${given} ${given === 1 ? 'row' : 'rows'}, not ${expected.join(' or ')}`
  throw file.invalid(`${episode}/${key}`, `${told}: there are actions of ${steps} steps`, { expected, given })
}

/** An array more than in the first episode would be passed over in silence. */
function checkKeys(file: Hdf5File, episode: string, { episode: first, agents, state = [] }: Layout): void {
  const columns = [...agents.flatMap(({ actions, observations }) => [...actions, ...observations]), ...state]
  const known = columns.map(({ key }) => key)
  const found = ['actions', 'observations'].flatMap((key) => leavesOf(file, episode, key))
  const stray = found.find((key) => !known.includes(key) && file.kind(`${episode}/${key}`))
  if (stray)
    throw file.invalid(`${episode}/${stray}`, `is not in ${first}, which has ${known.join(', ')}`, {
      expected: known,
      given: stray,
    })
}
