// Files of other layouts, written anew in ours: one agent, agent_0, whose observation is the state too.
import { basename } from 'node:path'
import type { File } from 'h5wasm/node'
import { Hdf5File } from '../hdf5.ts'
import { beginEpisode, writeTable, writeWhole } from '../write.ts'
import type { ForeignEpisode } from './episode.ts'
import { flatEpisodes } from './flat.ts'
import { observedKeys, robomimicEpisodes, robomimicTask } from './robomimic.ts'
import { foreignLayout } from './which.ts'

export interface Converted {
  layout: string
  episodes: number
  /** observations that are pictures */
  left: readonly string[]
}

/** DimaError `invalid_dataset` for a file of neither layout. */
export async function convertDataset(path: string, out: string): Promise<Converted> {
  const file = await Hdf5File.open(path)
  try {
    const layout = foreignLayout(file)
    if (!layout)
      throw file.invalid(
        '',
        'is laid out neither as D4RL (observations, actions, rewards) nor as robomimic (data/demo_0)',
      )
    const flat = layout === 'D4RL'
    const task = (flat ? undefined : robomimicTask(file)) ?? basename(path).replace(/\.[^.]*$/, '')
    const episodes = await writeWhole(
      out,
      flat ? flatEpisodes(file) : robomimicEpisodes(file),
      writeForeign,
      (written) => written.create_attribute('task', task),
    )
    return { layout, episodes, left: flat ? [] : observedKeys(file).left }
  } finally {
    file.close()
  }
}

function writeForeign(file: File, episode: ForeignEpisode, index: number): void {
  const { observations, last, actions, rewards, terminated } = episode
  const T = rewards.length
  const group = beginEpisode(file, index, { length: T, rewards, terminated, truncated: !terminated })
  const width = observations.length / T
  const seen = last ? Float64Array.from([...observations, ...last]) : observations
  writeTable(group, 'observations', seen, [seen.length / width, width])
  writeTable(group, 'actions', actions, [T, actions.length / T])
}
