// The TaskSpec of a file: its own, or what can be told from its names and numbers.
import { sum } from '../../common/statistics.ts'
import { MEAN_OF_OWN } from '../../env/own-rewards.ts'
import type { AgentSpec, TaskSpec } from '../../env/task-spec.ts'
import type { Attributes } from './attributes.ts'
import type { Hdf5File } from './hdf5.ts'
import type { AgentLayout, Columns, Layout } from './layout.ts'

export interface ActionRange {
  low: number
  high: number
}

/** What the numbers of a file tell. */
export interface Seen {
  /** of the actions */
  range: ActionRange
  /** some agents were paid differently */
  ownRewards: boolean
}

/** DimaError `invalid_dataset` if the file's own spec does not fit its arrays. */
export function describeTask(file: Hdf5File, layout: Layout, attributes: Attributes, seen: Seen): TaskSpec {
  const { taskSpec } = attributes
  const wording = (reward: string) => (seen.ownRewards ? `${reward}, ${MEAN_OF_OWN}` : reward)
  if (taskSpec) {
    checkSpec(file, layout, taskSpec)
    return { ...taskSpec, reward: wording(taskSpec.reward) }
  }
  const bounds = boundsOf(file, layout, attributes, seen.range)
  return {
    name: attributes.task ?? file.name.replace(/\.[^.]*$/, ''),
    agents: layout.agents.map(describeAgent),
    actionLow: bounds.low,
    actionHigh: bounds.high,
    actionUnit: attributes.actionUnit ?? '1',
    ...describeState(layout),
    episodeLimit: attributes.episodeLimit ?? 0,
    stepSeconds: attributes.stepSeconds ?? 0,
    reward: wording(attributes.reward ?? 'as recorded'),
  }
}

const namesOf = (columns: Columns) => columns.flatMap(({ names }) => names)
const unitsOf = (columns: Columns) => columns.flatMap(({ units }) => units)

const describeAgent = ({ name, actions, observations }: AgentLayout): AgentSpec => ({
  name,
  actuators: namesOf(actions),
  observationNames: namesOf(observations),
  observationUnits: unitsOf(observations),
})

/** Where no state is recorded it is made of all observations, and its names say so. */
function describeState({ agents, state }: Layout): Pick<TaskSpec, 'stateNames' | 'stateUnits'> {
  if (state) return { stateNames: namesOf(state), stateUnits: unitsOf(state) }
  return {
    stateNames: agents.flatMap(({ name, observations }) =>
      namesOf(observations).map((entry) => `${name}.${entry}`),
    ),
    stateUnits: agents.flatMap(({ observations }) => unitsOf(observations)),
  }
}

/** Without a word on it: -1 to 1 where that holds all actions, else what they span. */
function boundsOf(file: Hdf5File, layout: Layout, attributes: Attributes, range: ActionRange): ActionRange {
  const usual = range.low >= -1 && range.high <= 1
  const given = {
    low: boundIn(file, layout, attributes, 'low'),
    high: boundIn(file, layout, attributes, 'high'),
  }
  const low = given.low ?? (usual ? -1 : range.low)
  const high = given.high ?? (usual ? 1 : range.high)
  if (low < high) return { low, high }
  throw file.invalid('', `actions lie between ${low} and ${high}: say action_low and action_high`, {
    field: 'action_low',
  })
}

/** A number, or one for each entry: a task has one for all. */
function boundIn(
  file: Hdf5File,
  { agents }: Layout,
  { actionLow, actionHigh }: Attributes,
  side: 'low' | 'high',
): number | undefined {
  const bound = side === 'low' ? actionLow : actionHigh
  if (!Array.isArray(bound)) return bound
  const field = `action_${side}`
  const sizes = agents.map(({ actions }) => namesOf(actions).length)
  const expected = [...new Set([1, ...sizes, sum(sizes)])]
  if (!expected.includes(bound.length))
    throw file.invalid('', `attribute ${field} has ${bound.length} numbers, not ${expected.join(' or ')}`, {
      field,
      expected,
      given: bound,
    })
  if (new Set(bound).size === 1) return bound[0]
  throw file.invalid(
    '',
    `attribute ${field} is ${bound.join(', ')}; all entries need the same bound: scale the actions`,
    {
      field,
      expected: 'one number',
      given: bound,
    },
  )
}

function checkSpec(file: Hdf5File, layout: Layout, spec: TaskSpec): void {
  const told = describeTask(file, layout, {}, { range: { low: -1, high: 1 }, ownRewards: false })
  const sizes = ({ agents, stateNames, stateUnits }: TaskSpec) => ({
    agents: agents.map(({ name, actuators, observationNames, observationUnits }) => [
      name,
      actuators.length,
      observationNames.length,
      observationUnits.length,
    ]),
    state: [stateNames.length, stateUnits.length],
  })
  const [expected, given] = [JSON.stringify(sizes(told)), JSON.stringify(sizes(spec))]
  if (expected !== given)
    throw file.invalid('', `attribute task_spec has the sizes ${given}, the arrays ${expected}`, {
      field: 'task_spec',
      expected,
      given,
    })
}
