// npm run render: a trajectory as SVG frames, an animated GIF and a strip of frames.
import { join } from 'node:path'
import { runCommand } from '../common/command.ts'
import type { TaskSpec } from '../env/task-spec.ts'
import { film } from '../render/film.ts'
import { RenderFlags } from '../render/flags.ts'
import { openScene } from '../render/scene.ts'
import { writeFilm } from '../render/write.ts'

/** Browsers play a GIF slowly when its frames come faster. */
const SHORTEST_FRAME_SECONDS = 0.04

async function main(flags: RenderFlags): Promise<void> {
  const { task, trajectories } = await openScene(flags)
  const every = flags.every ?? Math.ceil(SHORTEST_FRAME_SECONDS / task.spec.stepSeconds)
  const svgs = await film(task, trajectories, { every, width: flags.width })
  const folder = flags.out ?? join('runs', 'render', task.spec.name.split('?')[0]!.toLowerCase())
  const delayMs = 1000 * (flags.fps ? 1 / flags.fps : every * task.spec.stepSeconds)
  const files = await writeFilm(folder, svgs, {
    delayMs: Math.max(20, Math.round(delayMs)),
    stripFrames: flags.strip,
  })
  console.log(summary(task.spec, svgs.length, every))
  console.log(`written: ${files.gif}, ${files.strip}, ${files.frames}/`)
}

const summary = ({ name, stepSeconds }: TaskSpec, frames: number, every: number): string =>
  `${name}: ${frames} frames, ${(every * stepSeconds * 1000).toFixed(0)} ms of the simulation each`

runCommand('render', RenderFlags, main)
