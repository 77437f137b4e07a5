// An episode that holds a number that is not finite, or too large for 32 bits, is refused by name before anything learns
// from it, wherever it comes from: an environment, a file, or a run folder of an older version.
import { DimaError } from '../../common/errors.ts'
import { agentSizes, type TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from './episode.ts'

type Array = 'states' | 'observations' | 'actions' | 'rewards'

/** DimaError `not_finite` that names episode, step and entry. */
export function demandFiniteEpisode(episode: Episode, index: number, task: TaskSpec): void {
  const { agents, stateNames } = task
  const sizes = agentSizes(task)
  const ofAgents = (names: (agent: TaskSpec['agents'][number]) => readonly string[], size: number) =>
    agents.flatMap((agent) =>
      Array.from({ length: size }, (_, i) => `${agent.name}.${names(agent)[i] ?? 'padding'}`),
    )
  const entries: Record<Array, readonly string[]> = {
    states: stateNames,
    observations: ofAgents(({ observationNames }) => observationNames, sizes.observation),
    actions: ofAgents(({ actuators }) => actuators, sizes.action),
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
