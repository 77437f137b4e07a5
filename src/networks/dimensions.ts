// The dimension letters, declared once. B is always the batch.
import { type AgentForm, commonForm, isPlain } from '../env/agent-forms.ts'
import type { TaskSpec } from '../env/task-spec.ts'

/** Of a task, and of the policies that act in it. */
export interface Widths {
  agents: number // N
  action: number // A, of an agent
  state: number // S
  observation: number // O, of an agent
  /** of each agent, where they are not A numbers and O observations for all */
  forms?: readonly AgentForm[]
}

/** Of a world model. */
export interface Dimensions extends Widths {
  context: number // L, states that it is conditioned on
  horizon: number // H, steps of an imagined rollout
}

export function widthsOf(task: TaskSpec): Widths {
  const form = commonForm(task)
  return {
    agents: task.agents.length,
    state: task.stateNames.length,
    action: form.action,
    observation: form.observation,
    ...(isPlain(form) ? {} : { forms: form.agents }),
  }
}
