// Where the arrays of an episode are: read once from the first episode, the same in all. Spaces are plain arrays, or
// groups of them: one key an agent (Dict), or `_index_0`, `_index_1` (Tuple, agents `agent_0`, `agent_1`).
import { sizeOf } from '../../common/tensors.ts'
import type { Hdf5File } from './hdf5.ts'

/** A dataset of an episode; `key` is below the episode. */
export interface Column {
  key: string
  /** numbers a row */
  width: number
  names: readonly string[]
  units: readonly string[]
}

/** Datasets side by side. */
export type Columns = readonly Column[]

export interface AgentLayout {
  name: string
  /** what groups by agent call it */
  key: string
  actions: Columns
  observations: Columns
}

export interface Layout {
  /** where it was read */
  episode: string
  agents: readonly AgentLayout[]
  /** undefined: the observations of all agents one after the other */
  state?: Columns
}

const STATE = 'state'

/**
 * @param order of the agents; by default that of their names
 * DimaError `invalid_dataset` where a key is missing or one belongs to no agent.
 */
export function readLayout(file: Hdf5File, episode: string, order?: readonly string[]): Layout {
  const places = inOrder(file, episode, agentPlaces(file, episode), order)
  const agents = places.map((place) => agentLayout(file, episode, place))
  const stateKey = `observations/${STATE}`
  if (file.kind(`${episode}/observations`) !== 'group' || !file.kind(`${episode}/${stateKey}`))
    return { episode, agents }
  return { episode, agents, state: columnsOf(file, episode, stateKey, STATE) }
}

interface Place {
  name: string
  key: string
  action: string
  /** one key; of a single agent without a key of its own, all there are */
  observation: { key: string; word: string }[]
}

function agentLayout(file: Hdf5File, episode: string, place: Place): AgentLayout {
  const { name, key, action, observation } = place
  const actions = columnsOf(file, episode, action, 'action')
  const observations = observation.flatMap(({ key, word }) => columnsOf(file, episode, key, word))
  if (actions.length === 0) throw file.invalid(`${episode}/${action}`, 'is an empty group')
  if (observations.length === 0) throw file.invalid(`${episode}/observations`, `has nothing of ${name}`)
  return { name, key, actions, observations }
}

function agentPlaces(file: Hdf5File, episode: string): Place[] {
  if (file.kind(`${episode}/actions`) !== 'group') return [singleAgent(file, episode)]
  const keys = naturally(file.keys(`${episode}/actions`))
  const seen = file.keys(`${episode}/observations`)
  const stray = seen.find((key) => key !== STATE && !keys.includes(key))
  if (stray)
    throw file.invalid(`${episode}/observations/${stray}`, 'is no agent of actions', {
      expected: [...keys, STATE],
    })
  const twice = keys.find((key, i) => keys.findIndex((own) => agentName(own) === agentName(key)) !== i)
  if (twice) throw file.invalid(`${episode}/actions/${twice}`, `is a second agent called ${agentName(twice)}`)
  return keys.map((key) => ({
    name: agentName(key),
    key,
    action: `actions/${key}`,
    observation: [{ key: `observations/${key}`, word: 'obs' }],
  }))
}

function inOrder(
  file: Hdf5File,
  episode: string,
  places: Place[],
  order: readonly string[] = places.map(({ name }) => name),
): Place[] {
  const found = order.map((agent) => places.find(({ name }) => name === agent))
  if (places.length > 0 && found.every((place) => place !== undefined) && found.length === places.length)
    return found
  const given = places.map(({ name }) => name)
  throw file.invalid(
    `${episode}/actions`,
    `has the agents ${given.join(', ') || 'none'}, not ${order.join(', ')}`,
    {
      expected: order,
      given,
    },
  )
}

/** What a single agent observes may itself be a Dict: all of it, in the order of the keys. */
function singleAgent(file: Hdf5File, episode: string): Place {
  if (file.kind(`${episode}/observations`) !== 'group')
    return { ...ALONE, observation: [{ key: 'observations', word: 'obs' }] }
  const keys = naturally(file.keys(`${episode}/observations`)).filter((key) => key !== STATE)
  const observation = keys.map((word) => ({ key: `observations/${word}`, word }))
  return { ...ALONE, observation }
}

const ALONE = { name: 'agent_0', key: 'agent_0', action: 'actions' }

const agentName = (key: string): string => key.replace(/^_index_(?=\d+$)/, 'agent_')

/** agent_2 before agent_10. */
export const naturally = (names: readonly string[]): string[] =>
  names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))

const columnsOf = (file: Hdf5File, episode: string, key: string, word: string): Columns =>
  leavesOf(file, episode, key).map((leaf) =>
    columnOf(file, episode, leaf, leaf === key ? word : leaf.slice(leaf.lastIndexOf('/') + 1)),
  )

/** The key itself, or all keys of a group, however deep. */
export function leavesOf(file: Hdf5File, episode: string, key: string): string[] {
  if (file.kind(`${episode}/${key}`) !== 'group') return [key]
  return naturally(file.keys(`${episode}/${key}`)).flatMap((name) =>
    leavesOf(file, episode, `${key}/${name}`),
  )
}

function columnOf(file: Hdf5File, episode: string, key: string, word: string): Column {
  const path = `${episode}/${key}`
  const shape = file.shape(path)
  if (shape.length === 0) throw file.invalid(path, 'is a single value, not one row a step')
  const width = sizeOf(shape.slice(1))
  const names = texts(file, path, 'names', width) ?? Array.from({ length: width }, (_, i) => `${word}_${i}`)
  const units = texts(file, path, 'units', width) ?? names.map(() => '1')
  return { key, width, names, units }
}

function texts(file: Hdf5File, key: string, attribute: string, width: number): string[] | undefined {
  const value = file.attribute(key, attribute)
  if (value === undefined) return undefined
  const list = Array.isArray(value) ? value.map(String) : [String(value)]
  if (list.length === width) return list
  throw file.invalid(key, `has ${list.length} ${attribute} for ${width} entries`, {
    expected: width,
    given: list.length,
  })
}
