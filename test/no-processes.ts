// Before every file of the unit layer: what would start a process, a thread or a session of ONNX Runtime throws, and a
// file that tried fails even where the error was caught. Such tests stand in files named `*.integration.test.ts`.
import childProcess from 'node:child_process'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import workerThreads from 'node:worker_threads'
import { afterAll, expect } from 'vitest'

/** What was tried in this file. */
export const tried: string[] = []

/** A function that can also be called with `new`. */
const refuse = (what: string) =>
  function start(): never {
    tried.push(what)
    throw new Error(`${what} in a unit test: name its file *.integration.test.ts`)
  }

const STARTERS = ['spawn', 'spawnSync', 'fork', 'exec', 'execSync', 'execFile', 'execFileSync'] as const
for (const name of STARTERS) Object.assign(childProcess, { [name]: refuse(name) })
Object.assign(workerThreads, { Worker: refuse('Worker') })
syncBuiltinESMExports() // for `import { spawn }`

const engine = createRequire(createRequire(import.meta.url).resolve('onnxruntime-node'))
Object.assign(engine('onnxruntime-common').InferenceSession, { create: refuse('InferenceSession.create') })

afterAll(() => expect(tried, 'started by unit tests').toEqual([]))
