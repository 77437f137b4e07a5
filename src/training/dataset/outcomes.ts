// Rewards of an episode, and how it ended: one number a step, of the team or of each agent.
import type { Episode } from '../replay/episode.ts'
import type { Hdf5File } from './hdf5.ts'
import { naturally } from './layout.ts'
import { checkCount, readRows } from './rows.ts'

/** Steps in an episode, without reading them: 0 for an empty group. */
export function stepsIn(file: Hdf5File, episode: string): number {
  if (file.keys(episode).length === 0) return 0
  return file.shape(`${episode}/${seriesKeys(file, episode, 'rewards')[0]}`)[0] ?? 0
}

/** Of the team; of agents: their mean. */
export function readRewards(file: Hdf5File, episode: string): Float32Array {
  const own = readPerAgent(file, episode, 'rewards')
  const [first] = own
  return Float32Array.from(first!, (_, t) => own.reduce((sum, rewards) => sum + rewards[t]!, 0) / own.length)
}

/** Whether and how the episode ended: a flag before its last step belongs to another episode. */
export function readFlags(
  file: Hdf5File,
  episode: string,
  steps: number,
): Pick<Episode, 'terminated' | 'truncated'> {
  const [terminated, truncated] = ['terminations', 'truncations'].map((key) =>
    readFlag(file, episode, key, steps),
  )
  // Without either the recording just stops: cut, not failed.
  return { terminated: terminated!, truncated: truncated! || !terminated }
}

function readFlag(file: Hdf5File, episode: string, key: string, steps: number): boolean {
  const flags = readPerAgent(file, episode, key)
  checkCount(file, `${episode}/${key}`, flags[0]!.length, [steps])
  const early = Array.from({ length: Math.max(0, steps - 1) }, (_, t) =>
    flags.some((own) => own[t] !== 0),
  ).indexOf(true)
  if (early >= 0)
    throw file.invalid(`${episode}/${key}`, `is set at step ${early} of ${steps}: an episode ends there`, {
      field: `${episode}/${key}[${early}]`,
    })
  return flags.some((own) => own[steps - 1] !== undefined && own[steps - 1] !== 0)
}

/** One number a step, of the team or of each agent. */
function readPerAgent(file: Hdf5File, episode: string, key: string): Float64Array[] {
  const keys = seriesKeys(file, episode, key)
  const series = keys.map((own) => {
    const column = { key: own, width: 1, names: [], units: [] }
    return readRows(file, episode, [column], 'float64').values
  })
  for (const [i, own] of keys.entries())
    checkCount(file, `${episode}/${own}`, series[i]!.length, [series[0]!.length])
  return series
}

function seriesKeys(file: Hdf5File, episode: string, key: string): string[] {
  const path = `${episode}/${key}`
  if (file.kind(path) !== 'group') return [key]
  const agents = naturally(file.keys(path))
  if (agents.length === 0) throw file.invalid(path, 'is an empty group')
  return agents.map((agent) => `${key}/${agent}`)
}
