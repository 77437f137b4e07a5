// Packs, seals and writes checkpoints, in a thread of its own.
import { parentPort } from 'node:worker_threads'
import { answerTo, type Numbered } from '../common/calls.ts'
import { saveCheckpoint } from './checkpoint.ts'
import type { WriteAsk } from './write-checkpoint.ts'

const port = parentPort!

port.on('message', async (ask: Numbered<WriteAsk>) => {
  const { path, checkpoint } = ask
  port.postMessage(await answerTo(ask, () => saveCheckpoint(path, checkpoint)))
})
