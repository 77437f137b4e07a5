// What `npm run simulate` wrote: every pose is known.
import Type from 'typebox'
import { checkValue } from '../../common/check-value.ts'
import { DimaError } from '../../common/errors.ts'
import type { MujocoTask } from '../../env/mujoco/task.ts'
import type { Simulated } from '../../env/simulate.ts'
import type { Trajectory } from '../trajectory.ts'
import { assertSameLength, finite, listOf } from './lists.ts'

/** The part of it that a picture needs. */
export type Episode = Pick<Simulated, 'task' | 'qpos' | 'states' | 'rewards'>

/**
 * DimaError `invalid_request` for another robot's episode, otherwise as `checkValue`, `name` being what errors call it.
 */
export function readSimulated(value: unknown, { spec, body, goal }: MujocoTask, name: string): Episode {
  const { task } = checkValue(Type.Object({ task: Type.String() }), value, name)
  if (!task.startsWith(`${body.name}-`))
    throw new DimaError('invalid_request', `${name} is an episode of ${task}, not of ${spec.name}`, {
      field: `${name}.task`,
      expected: spec.name,
      given: task,
    })
  const schema = Type.Object({
    task: Type.String(),
    qpos: Type.Array(listOf(body.coordinates.qpos.length), { minItems: 1 }),
    states: Type.Array(listOf(goal.stateNames.length), { minItems: 1 }),
    rewards: Type.Array(finite),
  })
  const episode = checkValue(schema, value, name)
  assertSameLength(episode.states, episode.qpos.length, `${name}.states`)
  assertSameLength(episode.rewards, episode.qpos.length - 1, `${name}.rewards`)
  return episode
}

export const ofSimulated = ({ qpos, rewards }: Episode): Trajectory => ({
  name: 'true',
  firstStep: 0,
  qpos,
  rewards: [undefined, ...rewards],
})
