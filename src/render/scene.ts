// What the flags ask for: a task and one trajectory, or two to be drawn over each other.
import Type from 'typebox'
import { checkValue } from '../common/check-value.ts'
import { DimaError } from '../common/errors.ts'
import { parseJson, readTextFile } from '../common/named-files.ts'
import { resolveTask } from '../env/make-env.ts'
import type { MujocoTask } from '../env/mujoco/task.ts'
import type { RenderFlags } from './flags.ts'
import { ofImagined, readImagined } from './sources/imagined.ts'
import { randomEpisode } from './sources/random-episode.ts'
import { runEpisode, taskOfRun } from './sources/run-episode.ts'
import { ofSimulated, readSimulated } from './sources/simulated.ts'
import { isStream, readStream } from './sources/streamed.ts'
import { cut, type Trajectory } from './trajectory.ts'

export interface Scene {
  readonly task: MujocoTask
  /** The second is drawn translucent over the first. */
  readonly trajectories: readonly Trajectory[]
}

/** DimaError if flags exclude each other or a file is not what it should be. */
export async function openScene(flags: RenderFlags): Promise<Scene> {
  assertOneSource(flags)
  const rollout = flags.rollout ? readFile(flags.rollout, 'rollout') : undefined
  const truth = flags.truth ? readFile(flags.truth, 'truth') : undefined
  const task = resolveTask(taskName(flags, [truth, rollout]))
  const trajectories = rollout
    ? fromFiles(rollout, truth, flags.row, task)
    : [
        flags.run
          ? runEpisode(flags.run, flags.episode, task)
          : await randomEpisode(task, flags.seed, lastStep(flags)),
      ]
  return { task, trajectories: trajectories.map((one) => cut(one, flags.from, flags.steps)) }
}

const lastStep = ({ from, steps }: RenderFlags): number => from + steps

function assertOneSource({ run, rollout, truth }: RenderFlags): void {
  if (run && rollout)
    throw new DimaError('invalid_config', '--run and --rollout exclude each other', { field: 'run' })
  if (truth && !rollout)
    throw new DimaError('invalid_config', '--truth goes with --rollout, which is drawn over it', {
      field: 'truth',
    })
}

type Content = Readonly<Record<string, unknown>>

function readFile(path: string, name: string): Content {
  const text = readTextFile(path, name)
  if (isStream(text)) return readStream(text, path, name)
  return checkValue(Type.Record(Type.String(), Type.Unknown()), parseJson(text, path, name), name)
}

/** The task as given, otherwise what the run or a file says. */
function taskName({ task, run }: RenderFlags, files: readonly (Content | undefined)[]): string {
  if (task) return task
  if (run) return taskOfRun(run)
  const said = files.map((file) => file?.task).find((name) => name !== undefined)
  return said === undefined ? DEFAULT_TASK : checkValue(Type.String(), said, 'task')
}

const DEFAULT_TASK = 'HalfCheetah-2x3'

/** The rollout is a reply of POST /rollout or of its stream, or another file of `npm run simulate`. */
function fromFiles(
  rollout: Content,
  truth: Content | undefined,
  row: number,
  task: MujocoTask,
): Trajectory[] {
  const real = truth && readSimulated(truth, task, 'truth')
  const drawn =
    'qpos' in rollout
      ? ofSimulated(readSimulated(rollout, task, 'rollout'))
      : ofImagined(readImagined(rollout, row, task, 'rollout'), task, real)
  return real ? [ofSimulated(real), { ...drawn, name: 'imagined' }] : [drawn]
}
