// Where checkpoints are written: in this thread, or in one beside it.
import { type Answer, Asker } from '../common/calls.ts'
import { startWorker } from '../common/start-worker.ts'
import { saveCheckpoint } from './checkpoint.ts'
import type { WriteCheckpoint } from './checkpoint-writer.ts'

export interface WriteAsk {
  path: string
  checkpoint: object
}

export interface OpenWriter {
  write: WriteCheckpoint
  close(): Promise<void>
}

/** @param cores of the run: with 1 everything is done in this thread */
export const openWriter = (cores: number): OpenWriter => (cores === 1 ? writeHere() : writeBeside())

const writeHere = (): OpenWriter => ({
  write: async (path, checkpoint) => saveCheckpoint(path, checkpoint),
  close: async () => {},
})

/** A checkpoint is copied on its way to the thread, so what is made of it in this one is no concern of that. */
function writeBeside(): OpenWriter {
  const worker = startWorker('./checkpoint-thread', import.meta.url)
  const asker = new Asker<WriteAsk>((ask) => worker.postMessage(ask))
  worker.on('message', (answer: Answer) => asker.answered(answer))
  worker.on('error', (error) => asker.end(error))
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      asker.end(new Error(`the thread that writes checkpoints ended with code ${code}`))
      resolve()
    })
  })
  return {
    write: (path, checkpoint) => asker.ask({ path, checkpoint }),
    close: async () => {
      await worker.terminate()
      await exited
    },
  }
}
