// One episode group, read and checked: what is wrong is an error that names episode and key.
import type { Hdf5File } from './hdf5.ts'
import type { AgentLayout, Layout } from './layout.ts'
import { type Rewards, readFlags, readRewards } from './outcomes.ts'
import { joinRows, type Rows, readRows } from './rows.ts'
import { stepsIn } from './steps.ts'

/** An episode by agent, which may differ in size. T' steps that have a successor. */
export interface RecordedEpisode {
  length: number // T'
  /** [T'+1, S] */
  states: Float64Array
  /** agent by agent, [T', A] */
  actions: readonly Rows<Float32Array>[]
  /** agent by agent, [T', O] */
  observations: readonly Rows<Float32Array>[]
  /** [T'] */
  rewards: Float32Array
  unequalRewards: Rewards['unequal']
  terminated: boolean
  truncated: boolean
  /** The last transition had no successor and was left out. */
  cut: boolean
}

export function readRecorded(file: Hdf5File, episode: string, layout: Layout): RecordedEpisode {
  stepsIn(file, episode, layout)
  const { team, unequal } = readRewards(file, episode, layout)
  const read = (pick: (agent: AgentLayout) => AgentLayout['actions']) =>
    layout.agents.map((agent) => readRows(file, episode, pick(agent), 'float32'))
  const whole = {
    states: readStates(file, episode, layout),
    actions: read((agent) => agent.actions),
    observations: read((agent) => agent.observations),
    rewards: team,
    unequalRewards: unequal,
    ...readFlags(file, episode, layout),
  }
  return cutTo(whole.states.count - 1, whole)
}

type Whole = Omit<RecordedEpisode, 'length' | 'states' | 'cut'> & { states: Rows<Float64Array> }

/** A time-out without a successor: the last transition leads nowhere, so it goes, and a failure in it with it. */
function cutTo(length: number, { states, rewards, ...whole }: Whole): RecordedEpisode {
  const first = (rows: Rows<Float32Array>) => ({
    ...rows,
    count: length,
    values: rows.values.slice(0, length * rows.width),
  })
  const cut = length < rewards.length
  return {
    length,
    states: states.values,
    actions: whole.actions.map(first),
    observations: whole.observations.map(first),
    rewards: rewards.slice(0, length),
    unequalRewards: whole.unequalRewards,
    terminated: whole.terminated && !cut,
    truncated: whole.truncated || cut,
    cut,
  }
}

/** The state, or all agents' observations one after the other, in full precision. */
function readStates(file: Hdf5File, episode: string, { agents, state }: Layout): Rows<Float64Array> {
  if (state) return readRows(file, episode, state, 'float64')
  return joinRows(
    agents.map(({ observations }) => readRows(file, episode, observations, 'float64')),
    'float64',
  )
}
