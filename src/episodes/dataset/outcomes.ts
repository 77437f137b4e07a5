// Rewards of an episode, and how it ended: one number a step, of the team or of each agent.
import { mean } from '../../common/statistics.ts'
import type { Episode } from '../replay/episode.ts'
import type { Hdf5File } from './hdf5.ts'
import type { Layout } from './layout.ts'
import { readRows } from './rows.ts'

export interface Rewards {
  /** of the team, [T]; where agents have their own, the mean of these */
  team: Float32Array
  /** the first step in which agents were paid differently: the reward of each */
  unequal?: Readonly<Record<string, number>>
}

export function readRewards(file: Hdf5File, episode: string, layout: Layout): Rewards {
  const own = readPerAgent(file, episode, 'rewards', layout)
  const [first] = own
  const team = Float32Array.from(first!, (_, t) => mean(own.map((rewards) => rewards[t]!)))
  const large = team.findIndex((reward) => !Number.isFinite(reward))
  if (large >= 0)
    throw file.invalid(`${episode}/rewards`, `are more than float32 holds at step ${large}`, {
      field: `${episode}/rewards[${large}]`,
      given: own.map((rewards) => rewards[large]),
    })
  const step = first!.findIndex((reward, t) => own.some((rewards) => rewards[t] !== reward))
  if (step < 0) return { team }
  return { team, unequal: Object.fromEntries(layout.agents.map(({ name }, i) => [name, own[i]![step]!])) }
}

/** Whether and how the episode ended: a flag before its last step belongs to another episode. */
export function readFlags(
  file: Hdf5File,
  episode: string,
  layout: Layout,
): Pick<Episode, 'terminated' | 'truncated'> {
  const [terminated, truncated] = ['terminations', 'truncations'].map((key) =>
    readFlag(file, episode, key, layout),
  )
  // Without either the recording just stops: cut, not failed.
  return { terminated: terminated!, truncated: truncated! || !terminated }
}

function readFlag(file: Hdf5File, episode: string, key: string, layout: Layout): boolean {
  const flags = readPerAgent(file, episode, key, layout)
  const steps = flags[0]!.length
  checkFlags(
    file,
    seriesKeys(file, episode, key, layout).map((own) => `${episode}/${own}`),
    flags,
  )
  const early = Array.from({ length: Math.max(0, steps - 1) }, (_, t) =>
    flags.some((own) => own[t] !== 0),
  ).indexOf(true)
  if (early >= 0)
    throw file.invalid(`${episode}/${key}`, `is set at step ${early} of ${steps}: an episode ends there`, {
      field: `${episode}/${key}[${early}]`,
    })
  return flags.some((own) => own[steps - 1] === 1)
}

function checkFlags(file: Hdf5File, paths: readonly string[], flags: readonly Float64Array[]): void {
  for (const [i, own] of flags.entries()) {
    const odd = own.findIndex((flag) => flag !== 0 && flag !== 1)
    if (odd < 0) continue
    throw file.invalid(paths[i]!, `is ${own[odd]} at step ${odd}, neither true nor false`, {
      field: `${paths[i]}[${odd}]`,
      expected: [0, 1],
      given: own[odd],
    })
  }
}

/** One number a step, of the team or of each agent. */
const readPerAgent = (file: Hdf5File, episode: string, key: string, layout: Layout): Float64Array[] =>
  seriesKeys(file, episode, key, layout).map((own) => {
    const column = { key: own, width: 1, names: [], units: [] }
    return readRows(file, episode, [column], 'float64').values
  })

/** The key itself, or of a group one key an agent. DimaError `invalid_dataset` where it has others, or fewer. */
export function seriesKeys(file: Hdf5File, episode: string, key: string, { agents }: Layout): string[] {
  const path = `${episode}/${key}`
  if (file.kind(path) !== 'group') return [key]
  const [expected, given] = [agents.map((agent) => agent.key), file.keys(path)]
  const stray = given.find((name) => !expected.includes(name))
  if (stray !== undefined)
    throw file.invalid(`${path}/${stray}`, `is no agent of actions, which has ${expected.join(', ')}`, {
      expected,
      given,
    })
  const missing = expected.find((name) => !given.includes(name))
  if (missing !== undefined) throw file.invalid(`${path}/${missing}`, 'is missing', { expected, given })
  return expected.map((agent) => `${key}/${agent}`)
}
