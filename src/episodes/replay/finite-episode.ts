// An episode that holds a number that is not finite, or too large for 32 bits, is refused by name before anything learns
// from it, wherever it comes from: an environment, a file, or a run folder of an older version.
import { DimaError } from '../../common/errors.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from './episode.ts'

type Array = 'states' | 'observations' | 'actions' | 'rewards'

/** DimaError `not_finite` that names episode, step and entry. */
export function demandFiniteEpisode(episode: Episode, index: number, task: TaskSpec): void {
  const { agents, stateNames } = task
  const ofAgents = (names: (agent: TaskSpec['agents'][number]) => readonly string[]) =>
    agents.flatMap((agent) => names(agent).map((entry) => `${agent.name}.${entry}`))
  const entries: Record<Array, readonly string[]> = {
    states: stateNames,
    observations: ofAgents(({ observationNames }) => observationNames),
    actions: ofAgents(({ actuators }) => actuators),
    rewards: ['team'],
  }
  for (const [array, names] of Object.entries(entries) as [Array, readonly string[]][]) {
    const values = episode[array]
    const at = values.findIndex((value) => !Number.isFinite(Math.fround(value)))
    if (at < 0) continue
    const place = `${array} of step ${Math.floor(at / names.length)} (${names[at % names.length]})`
    throw new DimaError('not_finite', `episode ${index} has ${values[at]} in ${place}`, {
      field: array,
      given: String(values[at]),
    })
  }
}
