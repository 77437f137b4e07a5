// The frames of a film, in order: one trajectory, or two that share their steps.
import type { MujocoTask } from '../env/mujoco/task.ts'
import { Body, type Point, type Pose } from './body.ts'
import { cameraPath } from './camera-path.ts'
import type { FigureInFrame, Frame } from './frame.ts'
import { frameSvg } from './picture.ts'
import type { Trajectory } from './trajectory.ts'

export interface FilmOptions {
  /** Pixels. */
  readonly width: number
  /** Steps from one frame to the next. */
  readonly every: number
}

interface Track extends Trajectory {
  readonly poses: readonly Pose[] // [F]
}

/** SVG texts. Trajectories must begin with the same step; the film lasts as long as the longest, others stand still. */
export async function film(
  task: MujocoTask,
  trajectories: readonly Trajectory[],
  { every, width }: FilmOptions,
): Promise<string[]> {
  const body = await Body.create(task)
  const tracks = trajectories.map(
    (one): Track => ({ ...one, poses: one.qpos.map((qpos) => body.pose(qpos)) }),
  )
  body.close()
  const length = Math.max(...tracks.map(({ poses }) => poses.length))
  const trunks = Array.from({ length }, (_, i) => tracks.map(({ poses }) => at(poses, i).root))
  const focus = cameraPath(trunks, task.spec.stepSeconds)
  return shownOf(length, every).map((i) => frameSvg(frameAt(task, tracks, i, focus), task.body.view, width))
}

function frameAt(task: MujocoTask, tracks: readonly Track[], i: number, focus: readonly Point[]): Frame {
  const step = tracks[0]!.firstStep + i
  return {
    title: task.spec.name,
    step,
    seconds: step * task.spec.stepSeconds,
    progress: focus.length > 1 ? i / (focus.length - 1) : 1,
    focus: focus[i]!,
    figures: tracks.map(
      ({ name, poses, rewards }): FigureInFrame => ({
        name,
        pose: at(poses, i),
        trail: poses.slice(0, i + 1).map(({ root }) => root),
        reward: rewards[Math.min(i, rewards.length - 1)],
      }),
    ),
  }
}

/** Every so many, and the last: how it ended. */
const shownOf = (length: number, every: number): number[] => [
  ...new Set([...Array.from({ length: Math.ceil(length / every) }, (_, i) => i * every), length - 1]),
]

/** The last one stays when there are no more. */
const at = <T>(values: readonly T[], i: number): T => values[Math.min(i, values.length - 1)]!
