// D4RL's layout: arrays of the whole file, one row a step, and flags where episodes end. M rows, O observation, A action.
import type { Hdf5File } from '../hdf5.ts'
import { type ForeignEpisode, table } from './episode.ts'

/** `next_observations`, `timeouts` and `terminals` may be missing. */
export const isFlat = (file: Hdf5File): boolean =>
  ['observations', 'actions', 'rewards'].every((key) => file.kind(key) === 'dataset')

/** DimaError `invalid_dataset` naming an array of another length. */
export function* flatEpisodes(file: Hdf5File): Generator<ForeignEpisode> {
  const [observations, actions] = [table(file, 'observations'), table(file, 'actions')]
  const rows = actions.count
  const optional = (key: string) => (file.kind(key) === 'dataset' ? table(file, key, rows) : undefined)
  const rewards = table(file, 'rewards', rows)
  const next = optional('next_observations')
  const [terminals, timeouts] = [optional('terminals'), optional('timeouts')]
  if (observations.count !== rows)
    throw file.invalid('observations', `has ${observations.count} rows, not ${rows} as actions`)
  for (let from = 0; from < rows; ) {
    let to = from + 1
    while (to < rows && !terminals?.values[to - 1] && !timeouts?.values[to - 1]) to++
    const terminated = terminals?.values[to - 1] === 1
    yield {
      observations: observations.rows(from, to),
      last: next?.rows(to - 1, to),
      actions: actions.rows(from, to),
      rewards: rewards.rows(from, to),
      terminated,
    }
    from = to
  }
}
