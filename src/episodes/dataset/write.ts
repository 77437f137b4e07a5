// Writes recorded episodes in the layout of docs/datasets.md. Reading the file again gives the same episodes and the same
// spec, to the last bit.
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { File, type Group } from 'h5wasm/node'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from '../replay/episode.ts'
import { FORMAT } from './attributes.ts'
import { startHdf5 } from './hdf5.ts'
import { inOneLine, invalidDataset } from './invalid.ts'

type Episodes = AsyncIterable<Episode> | Iterable<Episode>

/** What is recorded: read once more after the last episode, as how rewards are worded may depend on them. */
interface Described {
  readonly spec: TaskSpec
}

/** The file is whole or absent. Returns how many episodes it has; DimaError `invalid_dataset` if that would be none. */
export async function writeDataset(path: string, task: Described, episodes: Episodes): Promise<number> {
  checkNames(path, task.spec)
  await startHdf5()
  const aside = `${path}.${process.pid}.tmp`
  try {
    const count = await writeAll(aside, task, episodes)
    if (count === 0) throw invalidDataset(basename(path), 'there are no episodes to write')
    flush(aside)
    renameSync(aside, path)
    return count
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}

async function writeAll(path: string, task: Described, episodes: Episodes): Promise<number> {
  const name = basename(path)
  const file = inOneLine(name, () => new File(path, 'w'))
  let count = 0
  try {
    for await (const episode of episodes)
      inOneLine(name, () => writeEpisode(file, count++, task.spec, episode))
    inOneLine(name, () => writeHead(file, task.spec))
  } finally {
    file.close()
  }
  return count
}

function writeHead(file: File, spec: TaskSpec): void {
  file.create_attribute('format', FORMAT)
  file.create_attribute('task_spec', JSON.stringify(spec))
}

function writeEpisode(file: File, index: number, spec: TaskSpec, episode: Episode): void {
  const group = file.create_group(`episode_${index}`)
  const { length: T, states, actions, observations, rewards, terminated, truncated } = episode
  group.create_attribute('id', index, [], '<i')
  group.create_attribute('total_steps', T, [], '<i')
  const last = (flag: boolean) => new Uint8Array(T).fill(Number(flag), T - 1)
  writeTable(group, 'rewards', rewards, [T])
  writeTable(group, 'terminations', last(terminated), [T])
  writeTable(group, 'truncations', last(truncated), [T])
  writeAgents(group.create_group('actions'), spec, actions, T)
  const seen = group.create_group('observations')
  writeAgents(seen, spec, observations, T)
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

const writeTable = (
  group: Group,
  name: string,
  data: Float64Array | Float32Array | Uint8Array,
  shape: number[],
) => group.create_dataset({ name, data, shape })

/** Names with a meaning of their own in a file. */
const RESERVED = /^(state|\.|_index_\d+)$/

/** Agents are keys of the file. */
function checkNames(path: string, { agents }: TaskSpec): void {
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
