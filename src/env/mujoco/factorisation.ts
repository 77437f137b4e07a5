// Which actuators each agent drives. `NxA`: N agents with A actuators each; `2+4`: blocks of those sizes.
import { DimaError } from '../../common/errors.ts'
import { sum } from '../../common/statistics.ts'
import type { JointedBody } from '../robots/body.ts'
import type { TaskOptions } from './task-options.ts'

export interface AgentActuators {
  readonly name: string
  readonly actuators: readonly string[]
  /** Index of each of them among the model's controls. */
  readonly controls: readonly number[]
}

export function splitActuators(
  body: JointedBody,
  split: string,
  actionMap: TaskOptions['actionMap'],
): AgentActuators[] {
  const groups = actionMap === 'contiguous' ? contiguous(body, split) : partition(body, split)
  return groups.map((actuators, i) => ({
    name: `agent_${i}`,
    actuators,
    controls: actuators.map((actuator) => body.actuators.indexOf(actuator)),
  }))
}

/**
 * Contiguous blocks, `agent_0` the first. This is what multiagent_mujoco does (`step` concatenates the actions in
 * agent order), whatever joints its partition tuples list.
 */
function contiguous(body: JointedBody, split: string): string[][] {
  const sizes = blockSizes(split)
  if (sum(sizes) !== body.actuators.length || sizes.includes(0))
    throw unknownSplit(
      body,
      split,
      `its ${body.actuators.length} actuators do not divide so, but as ${evenSplits(body)}`,
    )
  const ends = sizes.map((_, i) => sum(sizes.slice(0, i + 1)))
  return ends.map((end, i) => body.actuators.slice(end - sizes[i]!, end))
}

function blockSizes(split: string): number[] {
  if (!split.includes('x')) return split.split('+').map(Number)
  const [agents = 0, each = 0] = split.split('x').map(Number)
  return Array<number>(Math.min(agents, 1000)).fill(each)
}

/** `1x6, 2x3, 3x2, 6x1`; unequal ones, `2+4`, are too many to list. */
function evenSplits({ actuators: { length } }: JointedBody): string {
  const counts = Array.from({ length }, (_, i) => i + 1).filter((count) => length % count === 0)
  return counts.map((count) => `${count}x${length / count}`).join(', ')
}

function partition(body: JointedBody, split: string): readonly (readonly string[])[] {
  const groups = Object.hasOwn(body.partitions, split) ? body.partitions[split] : undefined
  if (groups) return groups
  const known = Object.keys(body.partitions).join(', ')
  throw unknownSplit(body, split, `by-joint is defined for ${known || 'no split'}`)
}

const unknownSplit = (body: JointedBody, split: string, why: string) =>
  new DimaError('unknown_task', `${body.name} has no split ${split}: ${why}`, {
    field: 'task',
    given: split,
  })
