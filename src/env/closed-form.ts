// How the observations of one of our own tasks follow from its state alone, where they do.
import { isDeepStrictEqual } from 'node:util'
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
