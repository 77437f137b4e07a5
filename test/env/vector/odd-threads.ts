// For vi.mock of start-worker.ts: threads of vector environments run the odd task, and are noted.
import type { Worker } from 'node:worker_threads'

type StartWorker = typeof import('../../../src/common/start-worker.ts')

export const threads: Worker[] = []

export const runOddTask = ({ startWorker }: StartWorker): StartWorker => ({
  startWorker: (_name, _from, options) => {
    const thread = startWorker('odd-worker', import.meta.url, options)
    threads.push(thread)
    return thread
  },
})
