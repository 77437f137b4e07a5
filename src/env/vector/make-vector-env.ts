// Many copies of a task of ours, in this thread or shared out among threads.
import { DimaError } from '../../common/errors.ts'
import { resolveTask } from '../make-env.ts'
import type { MujocoTask } from '../mujoco/task.ts'
import type { CopyDriver } from './copy-driver.ts'
import { localDriver } from './local-driver.ts'
import { MujocoVectorEnv } from './mujoco-vector-env.ts'
import { ThreadDriver } from './thread-driver.ts'
import { makeArrays, type VectorArrays } from './vector-arrays.ts'
import type { AutoresetMode, VectorEnv } from './vector-env.ts'

const MODES: readonly AutoresetMode[] = ['disabled', 'next_step', 'same_step', 'next_step_acted']

export interface VectorEnvOptions {
  /** Copies, at least 1. */
  numEnvs: number // E
  /** Threads that the copies are shared out among, at most one a copy; 0: this thread, which a call then blocks. */
  workers?: number
  autoreset?: AutoresetMode
  /**
   * Whether the arrays of an answer are the caller's own. Without, they are always the same ones, in shared memory,
   * valid until the next call: read them at once, write to none. `final` is the caller's own either way.
   */
  copy?: boolean
}

/**
 * Starts the copies. Copy e of an environment reset with seed s is, to the last bit, `makeEnv(task)` reset with seed
 * s + e, whatever the number of copies and threads. DimaError `unknown_task`, `invalid_config`.
 */
export async function makeVectorEnv(task: string, options: VectorEnvOptions): Promise<VectorEnv> {
  return vectorEnvOf(resolveTask(task), options)
}

/** As `makeVectorEnv`. Threads look the task up by its name. */
export async function vectorEnvOf(
  task: MujocoTask,
  { numEnvs, workers = 0, autoreset = 'disabled', copy = true }: VectorEnvOptions,
): Promise<MujocoVectorEnv> {
  checkWhole('numEnvs', numEnvs, 1)
  checkWhole('workers', workers, 0)
  if (!MODES.includes(autoreset)) throw invalid('autoreset', `one of ${MODES.join(', ')}`, autoreset)
  const arrays = makeArrays(task, numEnvs)
  const driver = await startDriver(task, arrays, workers, autoreset)
  return new MujocoVectorEnv(task, arrays, driver, { autoreset, copy })
}

const startDriver = (
  task: MujocoTask,
  arrays: VectorArrays,
  workers: number,
  autoreset: AutoresetMode,
): Promise<CopyDriver> =>
  workers === 0
    ? localDriver(task, arrays, autoreset)
    : ThreadDriver.start(task.spec.name, arrays, workers, autoreset)

function checkWhole(field: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw invalid(field, `a whole number of at least ${least}`, value)
}

const invalid = (field: string, expected: string, given: unknown): DimaError =>
  new DimaError('invalid_config', `${field} is ${given}, not ${expected}`, { field, expected, given })
