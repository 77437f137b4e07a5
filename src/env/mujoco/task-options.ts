// The switches of a MuJoCo task, and task names: <Robot>-<split>-v1, with options as in a query string.
//   HalfCheetah-2x3-v1                                   2 agents with 3 actuators each
//   HalfCheetah-2x3                                      the same: without a version it is the latest
//   Ant-4x2-v1?observation=k-hop&hops=1&contacts=real    options that differ from the defaults
//   Walker2d-2+4-v1                                      agents of unequal size, by contiguous blocks
// The defaults are what DIMA used (family A of multiagent_mujoco).
import Type, { type Static } from 'typebox'
import { oneOf } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { parseQuery, queryOf } from '../task-query.ts'

export const TASK_VERSION = 'v1'

export const TaskOptions = Type.Object(
  {
    observation: oneOf(
      ['standardised', 'raw', 'k-hop'],
      'standardised',
      'what an agent sees: state and id standardised over the vector; the same as they are; its own joints and ' +
        'those up to `hops` away as in Gymnasium-Robotics',
    ),
    hops: Type.Integer({ default: 1, minimum: 0, maximum: 8, description: 'joints away that k-hop sees' }),
    actionMap: oneOf(
      ['contiguous', 'by-joint'],
      'contiguous',
      'which actuators an agent drives: the blocks of the model in order (multiagent_mujoco in fact), or the joints ' +
        'its partition names (Gymnasium-Robotics)',
    ),
    physics: oneOf(
      ['modern', 'mujoco210'],
      'modern',
      'masses and contact margins of the model as compiled today, or as MuJoCo 2.1.0 had them',
    ),
    contacts: oneOf(
      ['zeros', 'real'],
      'zeros',
      'contact forces of Ant: zeros, as mujoco-py gave with MuJoCo 2, or computed (Gymnasium)',
    ),
  },
  { additionalProperties: false },
)
export type TaskOptions = Static<typeof TaskOptions>
export type Physics = TaskOptions['physics']

export interface TaskName {
  robot: string
  /** `2x3`, or `2+4` where the agents differ in size. */
  split: string
  options: TaskOptions
}

const NAME =
  /^(?<robot>[A-Z][A-Za-z0-9]*)-(?<split>\d+x\d+|\d+(?:\+\d+)*)(?:-(?<version>v\d+))?(?:\?(?<query>.*))?$/

/** Whether a text has the form of a task's name, of whichever robot. */
export function isTaskName(text: string): boolean {
  const { version = TASK_VERSION } = NAME.exec(text)?.groups ?? { version: '' }
  return version === TASK_VERSION
}

/** DimaError `unknown_task` for what is not a task's name, `invalid_config` for an option that does not exist. */
export function parseTaskName(text: string): TaskName {
  const { robot, split, query = '' } = NAME.exec(text)?.groups ?? {}
  if (!robot || !split || !isTaskName(text))
    throw new DimaError('unknown_task', `${text} is not the name of a task, for example HalfCheetah-2x3-v1`, {
      field: 'task',
      given: text,
    })
  return { robot, split: shortestSplit(split), options: parseQuery(TaskOptions, query) }
}

/** One name a split: `3+3` and `02x3` are `2x3`. */
function shortestSplit(split: string): string {
  if (split.includes('x')) return split.split('x').map(Number).join('x')
  const sizes = split.split('+').map(Number)
  return new Set(sizes).size === 1 ? `${sizes.length}x${sizes[0]}` : sizes.join('+')
}

/** The full name: version, and the options that are not the defaults, in the order of the schema. */
export function formatTaskName({ robot, split, options }: TaskName): string {
  const used =
    options.observation === 'k-hop' ? options : { ...options, hops: parseQuery(TaskOptions, '').hops }
  return `${robot}-${split}-${TASK_VERSION}${queryOf(TaskOptions, used)}`
}
