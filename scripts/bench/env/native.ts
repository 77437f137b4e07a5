// Our models under Debian's native MuJoCo, by a small C program.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DimaError } from '../../../src/common/errors.ts'
import type { MujocoTask } from '../../../src/env/mujoco/task.ts'

const SOURCE = fileURLToPath(new URL('native-mujoco.c', import.meta.url))
const PACKAGES = 'gcc libc6-dev libmujoco-dev'

export interface NativeSlice {
  /** Version of the library. */
  readonly mujoco: string
  readonly steps: number
  readonly cpuSeconds: number
}

export interface NativeMujoco {
  /** Whole episodes until `cpuSeconds` are used up. */
  run(task: MujocoTask, cpuSeconds: number, seed: number): NativeSlice
  close(): void
}

/** Builds the program in a temporary folder. DimaError `invalid_config` where compiler or library are missing. */
export function buildNative(): NativeMujoco {
  const folder = mkdtempSync(join(tmpdir(), 'native-mujoco-'))
  const program = join(folder, 'native-mujoco')
  const { status, error, stderr } = spawnSync('gcc', ['-O2', '-o', program, SOURCE, '-lmujoco'], {
    encoding: 'utf8',
  })
  const close = () => rmSync(folder, { recursive: true, force: true })
  if (status !== 0) {
    close()
    throw new DimaError(
      'invalid_config',
      `native MuJoCo needs: apt-get install ${PACKAGES}\n${error ?? stderr}`,
    )
  }
  return {
    run: (task, cpuSeconds, seed) => runNative(program, join(folder, 'model.xml'), task, cpuSeconds, seed),
    close,
  }
}

function runNative(
  program: string,
  model: string,
  { xml, body, goal }: MujocoTask,
  cpuSeconds: number,
  seed: number,
): NativeSlice {
  // 2.2.2 does not know this attribute yet: its arena has a size of its own.
  writeFileSync(model, xml.replace(/<size memory="\w+"\/>/, ''))
  const settings = [body.frameSkip, goal.episodeLimit, cpuSeconds, seed].map(String)
  const { status, error, stdout, stderr } = spawnSync(program, [model, ...settings], { encoding: 'utf8' })
  if (status !== 0) throw error ?? new Error(stderr)
  return JSON.parse(stdout) as NativeSlice
}
