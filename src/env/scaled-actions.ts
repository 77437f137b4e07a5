// Actions in units of their bounds: policies begin around 0 with a deviation below 1, and networks want numbers of that
// size. Bounds of -1 and 1 are such already, and those actions stay as they are, also beyond them; all others are scaled
// and kept inside.
import { layoutIn } from './spaces.ts'
import type { ActionBounds, TaskSpec } from './task-spec.ts'
import type { VectorEnv } from './vector/vector-env.ts'

/** The task with bounds by agent where they are not -1 and 1 everywhere. */
export function scaledTask(task: TaskSpec, env: Pick<VectorEnv, 'actionSpace'>): TaskSpec {
  const bounds = task.agents.map(({ name }) => boundsIn(env, name))
  if (bounds.every(isUnit)) return task
  return {
    ...task,
    actionLow: -1,
    actionHigh: 1,
    agents: task.agents.map((agent, n) =>
      bounds[n]!.low.length > 0 ? { ...agent, bounds: bounds[n]! } : agent,
    ),
  }
}

/** Whether actions of a run are in the environment's own units although those are not -1 to 1: so they were once. */
export const hasRawActions = ({ agents, actionLow, actionHigh }: TaskSpec): boolean =>
  (actionLow !== -1 || actionHigh !== 1) && agents.every(({ bounds, choices }) => !bounds && !choices)

/** Of the numbers among an agent's actions. */
function boundsIn(env: Pick<VectorEnv, 'actionSpace'>, agent: string): ActionBounds {
  const space = env.actionSpace(agent)
  const { box } = layoutIn(space)
  return { low: [...space.low.subarray(0, box)], high: [...space.high.subarray(0, box)] }
}

const isUnit = ({ low, high }: ActionBounds): boolean =>
  low.every((value) => value === -1) && high.every((value) => value === 1)

/** From -1 .. 1 to the bounds of entry i. */
export function unscaled({ low: lows, high: highs }: ActionBounds, i: number, value: number): number {
  const [low, high] = [lows[i]!, highs[i]!]
  if (low === -1 && high === 1) return value
  return Math.min(high, Math.max(low, low + ((value + 1) / 2) * (high - low)))
}
