// A worker thread that hands the memory of its answers over.
import { parentPort, workerData } from 'node:worker_threads'
import { arraysOf, copyOf, type Payload } from './payload.ts'

const answers = workerData as Record<string, Payload>

parentPort!.on('message', ({ id, kind }: { id: number; kind: string }) => {
  const answer = copyOf(answers[kind]!)
  const memory = arraysOf(answer).map(({ buffer }) => buffer as ArrayBuffer)
  parentPort!.postMessage({ id, ...answer }, memory)
})
