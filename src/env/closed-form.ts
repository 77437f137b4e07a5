// How the observations of one of our own tasks follow from its state alone, where they do.
import { isDeepStrictEqual } from 'node:util'
import { standardise } from './mujoco/standardise.ts'
import { parseTaskName } from './mujoco/task-options.ts'
import type { TaskSpec } from './task-spec.ts'

/** State and one-hot id, as they are or standardised over the vector (mujoco/observer.ts). */
export type ClosedForm = 'standardised' | 'raw'

/**
 * Undefined where agents see something else, as with k-hop, which reads what the state has clipped.
 * @param task of an environment of our own
 */
export function closedFormOf({ name, stateNames, agents }: TaskSpec): ClosedForm | undefined {
  const whole = [...stateNames, ...agents.map((agent) => `is_${agent.name}`)]
  if (!agents.every(({ observationNames }) => isDeepStrictEqual(observationNames, whole))) return undefined
  return parseTaskName(name).options.observation as ClosedForm
}

/** What the agents see in a state [S]: [N, O], or undefined where that does not follow from it. @param task one of our own */
export function observedIn(task: TaskSpec, state: ArrayLike<number>): Float32Array | undefined {
  const form = closedFormOf(task)
  if (!form) return undefined
  const [N, S] = [task.agents.length, state.length]
  const width = S + N
  const seen = new Float64Array(N * width)
  for (let agent = 0; agent < N; agent++) {
    seen.set(state, agent * width)
    seen[agent * width + S + agent] = 1
    if (form === 'standardised') standardise(seen, agent * width, width)
  }
  return Float32Array.from(seen)
}
