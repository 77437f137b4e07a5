// The same train steps in PyTorch eager: scripts/bench/torch/torch_steps.py as a process that is asked one thing after the other.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { DimaError } from '../../../src/common/errors.ts'
import { type BenchNetwork, DIMENSIONS } from '../train/networks.ts'
import type { Cost } from '../train/step.ts'

/** torch.set_num_threads does not reach OpenBLAS' own threads, which spin: their time would count as PyTorch's. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' }

const SCRIPT = fileURLToPath(new URL('torch_steps.py', import.meta.url))

export interface TorchProcess {
  /** torch, numpy, python and what multiplies matrices */
  readonly versions: Readonly<Record<string, string>>
  /** Makes the network and its optimiser; DimaError where its parameters are not as many as ours. */
  open(network: BenchNetwork, parameters: number): Promise<void>
  /** The mean cost of a step, of as many as take `seconds` of processor time. */
  steps(seconds: number): Promise<Cost>
  close(): void
}

/** DimaError `invalid_config` where Python or torch are missing. */
export async function startTorch(python: string): Promise<TorchProcess> {
  const env = { ...process.env, ...ONE_THREAD }
  const child = spawn(python, ['-B', SCRIPT], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const ask = questions(python, child)
  const versions = (await ask({ versions: true })) as Record<string, string>
  return {
    versions,
    async open({ objective: { name }, config, training }, parameters) {
      const open = { network: name, dims: DIMENSIONS, config, training }
      const answer = (await ask({ open })) as { parameters: number }
      if (answer.parameters !== parameters)
        throw new Error(`${name}: ${answer.parameters} parameters in torch, ${parameters} here`)
    },
    steps: async (seconds) => (await ask({ seconds })) as Cost,
    close: () => child.stdin.end(),
  }
}

/** Writes a line and waits for the line in return. */
function questions(python: string, child: ChildProcess): (question: object) => Promise<unknown> {
  let errors = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.stdin!.on('error', () => {}) // the end of the process says why
  const ended = new Promise<never>((_, reject) => {
    child.once('error', () => reject(missing(`${python} can't be started`)))
    child.once('close', () => {
      const module = /No module named '?(\w+)/.exec(errors)?.[1]
      reject(module ? missing(`${python} has no ${module}`) : new Error(errors))
    })
  })
  ended.catch(() => {}) // told to whoever waits for an answer
  const lines = createInterface({ input: child.stdout! })
  return async (question) => {
    const answer = once(lines, 'line')
    child.stdin!.write(`${JSON.stringify(question)}\n`)
    return JSON.parse(((await Promise.race([answer, ended])) as [string])[0])
  }
}

const missing = (reason: string) =>
  new DimaError('invalid_config', `${reason}: apt-get install python3-torch, or give another --python`)
