// How the observations of one of our own tasks follow from its state alone, where they do.
import { isDeepStrictEqual } from 'node:util'
import { standardise } from './mujoco/standardise.ts'
import { parseTaskName } from './mujoco/task-options.ts'
import { isHandsName } from './robots/hands/task-names.ts'
import type { TaskSpec } from './task-spec.ts'

/**
 * State and one-hot id, as they are or standardised over the vector (mujoco/observer.ts); or, for each agent, which entries of
 * the state it sees, as many for all.
 */
export type ClosedForm = 'standardised' | 'raw' | { readonly entries: readonly (readonly number[])[] }

/**
 * Undefined where agents see something else, as with k-hop, which reads what the state has clipped.
 * @param task of an environment of our own
 */
export function closedFormOf(task: TaskSpec): ClosedForm | undefined {
  const { name, stateNames, agents } = task
  if (isHandsName(name)) return { entries: seenEntries(task) }
  const whole = [...stateNames, ...agents.map((agent) => `is_${agent.name}`)]
  if (!agents.every(({ observationNames }) => isDeepStrictEqual(observationNames, whole))) return undefined
  return parseTaskName(name).options.observation as ClosedForm
}

/** By name: hands see entries of the state as they are, and no other. */
function seenEntries({ stateNames, agents }: TaskSpec): number[][] {
  const places = new Map(stateNames.map((name, i) => [name, i]))
  return agents.map(({ observationNames }) => observationNames.map((name) => places.get(name)!))
}

/** Whether what all agents see together tells the whole state [S]. */
export function tellsState(form: ClosedForm, agents: number, state: number): boolean {
  if (typeof form === 'object') return new Set(form.entries.flat()).size === state
  return form === 'raw' || agents > 1
}

/** What the agents see in a state [S]: [N, O], or undefined where that does not follow from it. @param task one of our own */
export function observedIn(task: TaskSpec, state: ArrayLike<number>): Float32Array | undefined {
  const form = closedFormOf(task)
  if (!form) return undefined
  if (typeof form === 'object') return Float32Array.from(form.entries.flat(), (i) => state[i]!)
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
