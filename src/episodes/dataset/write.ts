// Writes recorded episodes in the layout of docs/datasets.md. Reading the file again gives the same episodes and the same
// spec, to the last bit.
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { File, type Group } from 'h5wasm/node'
import { sum } from '../../common/statistics.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from '../replay/episode.ts'
import { FORMAT } from './attributes.ts'
import { startHdf5 } from './hdf5.ts'
import { inOneLine, invalidDataset } from './invalid.ts'

type Episodes = AsyncIterable<Episode> | Iterable<Episode>

/** What is recorded: read once more after the last episode, as how rewards are worded may depend on them. */
export interface Described {
  readonly spec: TaskSpec
  /** who played, and in what, in words */
  readonly madeBy?: string
}

/** The file is whole or absent. Returns how many episodes it has; DimaError `invalid_dataset` if that would be none. */
export async function writeDataset(path: string, task: Described, episodes: Episodes): Promise<number> {
  checkNames(path, task.spec)
  return writeWhole(
    path,
    episodes,
    (file, episode, index) => writeEpisode(file, index, task.spec, episode),
    (file) => writeHead(file, task),
  )
}

/**
 * Writes an HDF5 file episode by episode, and its head after the last; it is whole or absent. Returns how many there were;
 * DimaError `invalid_dataset` if that would be none.
 */
export async function writeWhole<T>(
  path: string,
  episodes: AsyncIterable<T> | Iterable<T>,
  write: (file: File, episode: T, index: number) => void,
  head: (file: File) => void,
): Promise<number> {
  await startHdf5()
  const [name, aside] = [basename(path), `${path}.${process.pid}.tmp`]
  try {
    const file = inOneLine(name, () => new File(aside, 'w'))
    let count = 0
    try {
      for await (const episode of episodes) inOneLine(name, () => write(file, episode, count++))
      inOneLine(name, () => head(file))
    } finally {
      file.close()
    }
    if (count === 0) throw invalidDataset(name, 'there are no episodes to write')
    flush(aside)
    renameSync(aside, path)
    return count
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}

export function writeHead(file: File, { spec, madeBy }: Described): void {
  file.create_attribute('format', FORMAT)
  file.create_attribute('task_spec', JSON.stringify(spec))
  if (madeBy) file.create_attribute('made_by', madeBy)
}

/** What an episode's arrays of a number a step are, whatever the layout of the others. */
export function beginEpisode(file: File, index: number, episode: Ending): Group {
  const group = file.create_group(`episode_${index}`)
  const { length: T, rewards, terminated, truncated } = episode
  group.create_attribute('id', index, [], '<i')
  group.create_attribute('total_steps', T, [], '<i')
  const last = (flag: boolean) => new Uint8Array(T).fill(Number(flag), T - 1)
  writeTable(group, 'rewards', rewards, [T])
  writeTable(group, 'terminations', last(terminated), [T])
  writeTable(group, 'truncations', last(truncated), [T])
  return group
}

type Ending = Pick<Episode, 'length' | 'terminated' | 'truncated'> & { rewards: Float32Array | Float64Array }

/** Observations have T rows, or T + 1. */
export function writeEpisode(file: File, index: number, spec: TaskSpec, episode: Episode): void {
  const group = beginEpisode(file, index, episode)
  const { length: T, states, actions, observations } = episode
  writeAgents(group.create_group('actions'), spec, actions, T)
  const seen = group.create_group('observations')
  const width = sum(spec.agents.map(({ observationNames }) => observationNames.length))
  writeAgents(seen, spec, observations, observations.length / width)
  writeTable(seen, 'state', states, [T + 1, spec.stateNames.length])
}

/** Cuts [T, N, W] into one array an agent. */
function writeAgents(group: Group, { agents }: TaskSpec, values: Float32Array, T: number): void {
  const width = values.length / (T * agents.length)
  for (const [i, { name }] of agents.entries()) {
    const own = new Float32Array(T * width)
    for (let t = 0; t < T; t++) {
      const start = (t * agents.length + i) * width
      own.set(values.subarray(start, start + width), t * width)
    }
    writeTable(group, name, own, [T, width])
  }
}

export const writeTable = (
  group: Group,
  name: string,
  data: Float64Array | Float32Array | Uint8Array,
  shape: number[],
) => group.create_dataset({ name, data, shape })

/** Names with a meaning of their own in a file. */
const RESERVED = /^(state|\.|_index_\d+)$/

/** Agents are keys of the file. */
export function checkNames(path: string, { agents }: TaskSpec): void {
  const bad = agents.find(({ name }) => name === '' || name.includes('/') || RESERVED.test(name))
  if (bad)
    throw invalidDataset(basename(path), `an agent can't be called '${bad.name}' in a file`, {
      field: 'agents',
    })
}

function flush(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
