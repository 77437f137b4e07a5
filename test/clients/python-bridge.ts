// Python servers of environments (clients/python/marl_env) in child processes.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const PACKAGES = resolve(import.meta.dirname, '../../clients/python')

/** Why there can't be any. In CI there must be, so there the answer is always undefined. */
export const missing =
  process.env.CI || spawnSync(PYTHON, ['-c', 'import numpy, msgpack, websockets']).status === 0
    ? undefined
    : `${PYTHON} has no python3-numpy, python3-msgpack or python3-websockets`

export interface PythonBridge {
  url: string
  child: ChildProcess
  /** What it has written to stderr. */
  log(): string
  /** As a user would: SIGTERM. Resolves with the exit code. */
  stop(): Promise<number | null>
}

/** `python -m marl_env` with these arguments, listening. */
export async function servePython(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<PythonBridge> {
  const child = spawn(PYTHON, ['-m', 'marl_env', ...args, '--port', '0'], {
    cwd: resolve(PACKAGES, 'tests'),
    env: { ...process.env, PYTHONPATH: PACKAGES, PYTHONDONTWRITEBYTECODE: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let log = ''
  child.stderr.on('data', (text) => (log += text))
  const first = await Promise.race([once(createInterface(child.stdout), 'line'), exited])
  const url = /ws:\S+$/.exec(String(first[0]))?.[0]
  if (!url) throw new Error(`marl_env does not listen: ${log}`)
  const stop = async () => {
    child.kill()
    return (await exited)[0] as number | null
  }
  return { url, child, log: () => log, stop }
}
