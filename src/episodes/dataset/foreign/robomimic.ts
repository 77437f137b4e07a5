// robomimic's layout: data/demo_0/{actions, rewards, dones, obs/<key>, next_obs/<key>}. All that is observed in rows of numbers
// is the observation, key by key in the order of their names; pictures are left out.
import { parseJson } from '../../../common/json.ts'
import type { Hdf5File } from '../hdf5.ts'
import { naturally } from '../layout.ts'
import { type ForeignEpisode, type ForeignTable, table } from './episode.ts'

const DEMO = /^demo_\d+$/

export const isRobomimic = (file: Hdf5File): boolean =>
  file.kind('data') === 'group' && file.keys('data').some((name) => DEMO.test(name))

/** Keys of rows of numbers, and of pictures. DimaError `invalid_dataset` where nothing is observed in numbers. */
export function observedKeys(file: Hdf5File): { kept: string[]; left: string[] } {
  const [first] = demosOf(file)
  const keys = naturally(file.keys(`${first}/obs`))
  const isRow = (key: string) => file.shape(`${first}/obs/${key}`).length <= 2
  const kept = keys.filter(isRow)
  if (kept.length === 0) throw file.invalid(`${first}/obs`, 'has no rows of numbers, only pictures')
  return { kept, left: keys.filter((key) => !isRow(key)) }
}

/** DimaError `invalid_dataset` naming an array that is missing or of another length. */
export function* robomimicEpisodes(file: Hdf5File): Generator<ForeignEpisode> {
  const { kept } = observedKeys(file)
  for (const demo of demosOf(file)) {
    const actions = table(file, `${demo}/actions`)
    const read = (group: string) => kept.map((key) => table(file, `${demo}/${group}/${key}`, actions.count))
    const next = file.kind(`${demo}/next_obs`) === 'group' ? read('next_obs') : undefined
    const T = actions.count
    yield {
      observations: sideBySide(read('obs'), 0, T),
      last: next && sideBySide(next, T - 1, T),
      actions: actions.values,
      rewards: rewardsOf(file, demo, T),
      terminated: file.kind(`${demo}/dones`) ? table(file, `${demo}/dones`, T).values.at(-1) === 1 : false,
    }
  }
}

/** The name of the environment, of its arguments as JSON. */
export function robomimicTask(file: Hdf5File): string | undefined {
  const given = parseJson(String(file.attribute('data', 'env_args'))) as { env_name?: unknown } | undefined
  return typeof given?.env_name === 'string' && given.env_name !== '' ? given.env_name : undefined
}

const demosOf = (file: Hdf5File): string[] =>
  naturally(file.keys('data').filter((name) => DEMO.test(name))).map((name) => `data/${name}`)

/** Demonstrations of people may have none. */
const rewardsOf = (file: Hdf5File, demo: string, steps: number): Float64Array =>
  file.kind(`${demo}/rewards`) ? table(file, `${demo}/rewards`, steps).values : new Float64Array(steps)

function sideBySide(tables: readonly ForeignTable[], from: number, to: number): Float64Array {
  const rows = Array.from({ length: to - from }, (_, i) =>
    tables.flatMap((one) => [...one.rows(from + i, from + i + 1)]),
  )
  return Float64Array.from(rows.flat())
}
