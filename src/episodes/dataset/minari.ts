// Data sets as Minari keeps them: a folder with data/main_data.hdf5 and data/metadata.json, in which everything is seen once
// more than there are actions. Minari's spaces are of one agent. So there are two forms: agents are keys of Dict spaces, or
// all of them are one agent whose observation and action are theirs, one after the other; the state is then an info.
import { existsSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { DimaError } from '../../common/errors.ts'
import { makeFolder, writeFileAtomic } from '../../common/files.ts'
import { sum } from '../../common/statistics.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from '../replay/episode.ts'
import {
  beginEpisode,
  checkNames,
  type Described,
  writeEpisode,
  writeHead,
  writeTable,
  writeWhole,
} from './write.ts'

/** With what the agents saw after the last action [N, O], where that is known. */
export interface SeenEpisode extends Episode {
  last?: Float32Array | undefined
}

export const MINARI_FORMS = ['minari', 'minari-joint'] as const
export type MinariForm = (typeof MINARI_FORMS)[number]

export interface Written {
  episodes: number
  /** last transitions that were left out, since what is seen after them is not known */
  cut: number
}

/** Of Minari, whose layout this is. */
const MINARI_VERSION = '0.5.3'

/**
 * DimaError `invalid_config` where the folder has data already, `invalid_dataset` where nothing is left to write.
 * @param folder where Minari would look for it: named as the data set
 */
export async function writeMinari(
  folder: string,
  task: Described,
  episodes: AsyncIterable<SeenEpisode> | Iterable<SeenEpisode>,
  form: MinariForm,
): Promise<Written> {
  if (existsSync(join(folder, 'data')))
    throw new DimaError('invalid_config', `${folder} has data already: name another folder`, { field: 'out' })
  if (form === 'minari') checkNames(folder, task.spec)
  const made = !existsSync(folder)
  const counted = { steps: 0, cut: 0 }
  try {
    makeFolder(join(folder, 'data'))
    const file = join(folder, 'data', 'main_data.hdf5')
    const write = form === 'minari' ? writeEpisode : writeJoint
    const count = await writeWhole(
      file,
      seenWhole(episodes, counted),
      (hdf5, episode, i) => write(hdf5, i, task.spec, episode),
      (hdf5) => (form === 'minari' ? writeHead(hdf5, task) : writeJointHead(hdf5, task)),
    )
    const metadata = metadataOf(folder, task, form, { episodes: count, steps: counted.steps })
    writeFileAtomic(join(folder, 'data', 'metadata.json'), `${JSON.stringify(metadata, null, 2)}\n`)
    return { episodes: count, cut: counted.cut }
  } catch (error) {
    rmSync(made ? folder : join(folder, 'data'), { recursive: true, force: true })
    throw error
  }
}

/** With observations [T + 1, N, O]; where the last ones are not known the last transition goes, and a failure in it. */
async function* seenWhole(
  episodes: AsyncIterable<SeenEpisode> | Iterable<SeenEpisode>,
  counted: { steps: number; cut: number },
): AsyncGenerator<Episode> {
  for await (const { last, ...episode } of episodes) {
    const whole = last ? { ...episode, observations: joined(episode.observations, last) } : cut(episode)
    if (!last) counted.cut++
    if (whole.length === 0) continue
    counted.steps += whole.length
    yield whole
  }
}

function joined(observations: Float32Array, last: Float32Array): Float32Array {
  const all = new Float32Array(observations.length + last.length)
  all.set(observations)
  all.set(last, observations.length)
  return all
}

function cut({ length, states, actions, rewards, ...episode }: Episode): Episode {
  const rows = length - 1
  return {
    ...episode,
    length: rows,
    states: states.slice(0, (states.length / (length + 1)) * length),
    actions: actions.slice(0, (actions.length / length) * rows),
    rewards: rewards.slice(0, rows),
    terminated: false,
    truncated: true,
  }
}

type Hdf5 = Parameters<typeof beginEpisode>[0]

function writeJoint(file: Hdf5, index: number, spec: TaskSpec, episode: Episode): void {
  const { length: T, states, actions, observations } = episode
  const group = beginEpisode(file, index, episode)
  writeTable(group, 'observations', observations, [T + 1, observations.length / (T + 1)])
  writeTable(group, 'actions', actions, [T, actions.length / T])
  writeTable(group.create_group('infos'), 'state', states, [T + 1, spec.stateNames.length])
}

function writeJointHead(file: Hdf5, { spec, madeBy }: Described): void {
  file.create_attribute('task', `${spec.name} as one agent`)
  file.create_attribute('action_low', spec.actionLow)
  file.create_attribute('action_high', spec.actionHigh)
  file.create_attribute('step_seconds', spec.stepSeconds)
  file.create_attribute('reward', spec.reward)
  if (madeBy) file.create_attribute('made_by', madeBy)
}

function metadataOf(
  folder: string,
  { spec, madeBy }: Described,
  form: MinariForm,
  { episodes, steps }: { episodes: number; steps: number },
) {
  const spaces = form === 'minari' ? spacesByAgent(spec) : jointSpaces(spec)
  return {
    dataset_id: idOf(folder),
    data_format: 'hdf5',
    total_episodes: episodes,
    total_steps: steps,
    observation_space: spaces.observation,
    action_space: spaces.action,
    minari_version: MINARI_VERSION,
    algorithm_name: madeBy ?? 'unknown',
    description: `${spec.name}: ${spec.agents.map(({ name }) => name).join(', ')}. Reward: ${spec.reward}`,
  }
}

/** Minari's ids end with a version. */
function idOf(folder: string): string {
  const name = basename(resolve(folder)).replaceAll(/[^\w-]/g, '-')
  return /-v\d+$/.test(name) ? name : `${name}-v0`
}

interface Spaces {
  /** JSON, with Python's infinities */
  observation: string
  action: string
}

function spacesByAgent(spec: TaskSpec): Spaces {
  const { agents, stateNames } = spec
  const seen = agents.map(({ name, observationNames }) => [name, anything(observationNames.length)] as const)
  const moved = agents.map(({ name, actuators }) => [name, actionBox(spec, actuators.length)] as const)
  return {
    observation: dict([...seen, ['state', anything(stateNames.length, 'float64')]]),
    action: dict(moved),
  }
}

function jointSpaces(spec: TaskSpec): Spaces {
  const { agents } = spec
  return {
    observation: anything(sum(agents.map(({ observationNames }) => observationNames.length))),
    action: actionBox(spec, sum(agents.map(({ actuators }) => actuators.length))),
  }
}

const actionBox = ({ actionLow, actionHigh }: TaskSpec, width: number): string =>
  box(width, String(actionLow), String(actionHigh), 'float32')

const anything = (width: number, dtype = 'float32'): string => box(width, '-Infinity', 'Infinity', dtype)

function box(width: number, low: string, high: string, dtype: string): string {
  const all = (bound: string) => `[${Array(width).fill(bound).join(', ')}]`
  return `{"type": "Box", "dtype": "${dtype}", "shape": [${width}], "low": ${all(low)}, "high": ${all(high)}}`
}

const dict = (spaces: readonly (readonly [string, string])[]): string =>
  `{"type": "Dict", "subspaces": {${spaces.map(([name, space]) => `${JSON.stringify(name)}: ${space}`).join(', ')}}}`
