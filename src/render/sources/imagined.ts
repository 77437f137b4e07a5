// What POST /rollout answered: states after each action, from which poses come back.
import Type from 'typebox'
import { checkValue } from '../../common/check-value.ts'
import { DimaError } from '../../common/errors.ts'
import type { MujocoTask } from '../../env/mujoco/task.ts'
import type { Trajectory } from '../trajectory.ts'
import { type Position, travel } from '../travel.ts'
import { assertSameLength, finite, listOf } from './lists.ts'
import type { Episode } from './simulated.ts'

/** One row of the reply, up to its first end. */
export interface Imagined {
  readonly states: readonly (readonly number[])[] // [H, S], entry t after action t
  readonly rewards: readonly (number | undefined)[] // [H]
}

/** DimaError as `checkValue`, and `invalid_config` for a row that is not there; `name` is what errors call the file. */
export function readImagined(value: unknown, row: number, task: MujocoTask, name: string): Imagined {
  const { states } = checkValue(Type.Object({ states: Type.Array(Type.Unknown()) }), value, name)
  if (row >= states.length)
    throw new DimaError('invalid_config', `${name} has ${states.length} rows: there is no row ${row}`, {
      field: 'row',
      expected: `less than ${states.length}`,
      given: row,
    })
  assertOfTask(states[row], task, `${name}.states[${row}][0]`)
  const table = Type.Array(listOf(task.goal.stateNames.length), { minItems: 1 })
  const chosen = checkValue(table, states[row], `${name}.states[${row}]`)
  const { rewards, lengths } = checkValue(Rest, value, name)
  if (rewards?.[row]) assertSameLength(rewards[row], chosen.length, `${name}.rewards[${row}]`)
  const length = lengths?.[row] ?? chosen.length
  return { states: chosen.slice(0, length), rewards: (rewards?.[row] ?? []).slice(0, length) }
}

/** A reply does not say what its task is. */
function assertOfTask(states: unknown, { spec, goal }: MujocoTask, field: string): void {
  const [first] = Array.isArray(states) ? states : []
  const [given, expected] = [Array.isArray(first) ? first.length : 0, goal.stateNames.length]
  if (given === 0 || given === expected) return
  const message = `${field} has ${given} entries, a state of ${spec.name} has ${expected}; --task says which task it is`
  throw new DimaError('invalid_shape', message, { field, expected: [expected], given: [given] })
}

/** Left out of replies that were asked for other outputs. */
const Rest = Type.Object({
  rewards: Type.Optional(Type.Array(Type.Array(finite))), // [B, H]
  lengths: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }))), // [B]
})

/** With the truth it starts where the truth does; alone it has no start, and its first state is at distance 0. */
export function ofImagined({ states, rewards }: Imagined, task: MujocoTask, truth?: Episode): Trajectory {
  const name = 'imagined'
  if (!truth) return { name, firstStep: 1, qpos: travel(task, states), rewards }
  const qpos = travel(task, [truth.states[0]!, ...states], startOf(truth))
  return { name, firstStep: 0, qpos, rewards: [undefined, ...rewards] }
}

const startOf = ({ qpos }: Episode): Position => [qpos[0]![0]!, qpos[0]![1]!]
