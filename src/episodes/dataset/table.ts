// What a file of recorded episodes holds, for a person.
import { mean, sum } from '../../common/statistics.ts'
import type { Dataset, EpisodeFacts } from './dataset.ts'

export function datasetTable(
  dataset: Pick<Dataset, 'spec' | 'episodes' | 'skipped' | 'joinedState'>,
): string {
  const { spec, episodes } = dataset
  const { actionLow, actionHigh, stateNames } = spec
  const rows: [string, string][] = [
    ['task', spec.name],
    ...spec.agents.map(({ name, actuators, observationNames }): [string, string] => [
      name,
      `${actuators.length} actions in [${actionLow}, ${actionHigh}], ${observationNames.length} observations`,
    ]),
    [
      'state',
      `${stateNames.length} numbers${dataset.joinedState ? ', all observations one after the other' : ''}`,
    ],
    ...countRows(dataset),
    ['steps an episode', range(episodes.map(({ length }) => length))],
    ...rewardRow(dataset),
    ['return', range(episodes.map(({ total }) => total))],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}

function rewardRow({ spec, episodes }: Pick<Dataset, 'spec' | 'episodes'>): [string, string][] {
  const unequal = episodes.find(({ unequalRewards }) => unequalRewards)
  return unequal ? [['reward', `${spec.reward}; they differ in ${unequal.name} first`]] : []
}

function countRows({ episodes, skipped }: Pick<Dataset, 'episodes' | 'skipped'>): [string, string][] {
  const count = (is: (episode: EpisodeFacts) => boolean) => episodes.filter(is).length
  const failed = count(({ terminated }) => terminated)
  const cut = count((episode) => episode.cut)
  return [
    ['episodes', `${episodes.length}: ${failed} failed, ${episodes.length - failed} cut by time`],
    ...(skipped > 0 ? [['skipped', `${skipped}, empty or a single step long`] as [string, string]] : []),
    ...(cut > 0 ? [['dropped', `${cut} last transitions, which have no successor`] as [string, string]] : []),
    ['steps', String(sum(episodes.map(({ length }) => length)))],
  ]
}

function range(values: readonly number[]): string {
  return [Math.min(...values), mean(values), Math.max(...values)]
    .map((value) => Number(value.toPrecision(5)))
    .join(' / ')
    .concat('  (least, mean, most)')
}
