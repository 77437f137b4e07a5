// The dimension letters, declared once. B is always the batch.
import { agentSizes, type TaskSpec } from '../env/task-spec.ts'

/** Of a task, and of the policies that act in it. */
export interface Widths {
  agents: number // N
  action: number // A, of an agent
  state: number // S
  observation: number // O, of an agent
}

/** Of a world model. */
export interface Dimensions extends Widths {
  context: number // L, states that it is conditioned on
  horizon: number // H, steps of an imagined rollout
}

export const widthsOf = (task: TaskSpec): Widths => ({
  agents: task.agents.length,
  state: task.stateNames.length,
  ...agentSizes(task),
})
