// Three ways to ask an executor: each sends a payload and resolves with the answer.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '../../src/common/start-process.ts'
import { startWorker } from '../../src/common/start-worker.ts'
import { decodeFrame, encodeFrame, frameReader } from './frames.ts'
import { arraysOf, type Payload } from './payload.ts'

export interface Channel {
  /** The payload's memory may be gone afterwards. */
  ask(kind: string, payload: Payload): Promise<Payload>
  close(): Promise<void>
}

type Answers = Record<string, Payload>

/** What we use: a child process and structured clones. */
export async function openClones(answers: Answers): Promise<Channel> {
  const child = startProcess('./clone-process', import.meta.url)
  const waiting = waitingRoom()
  child.on('message', ({ id, ...answer }: { id: number }) => waiting.answer(id, answer))
  child.send({ id: 0, kind: 'answers', answers })
  return {
    ask: (kind, payload) => waiting.wait((id) => void child.send({ id, kind, ...payload })),
    close: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** A worker thread; buffers change hands. */
export async function openThread(answers: Answers): Promise<Channel> {
  const worker = startWorker('./thread', import.meta.url, { workerData: answers })
  const waiting = waitingRoom()
  worker.on('message', ({ id, ...answer }: { id: number }) => waiting.answer(id, answer))
  return {
    ask: (kind, payload) =>
      waiting.wait((id) => {
        const memory = arraysOf(payload).map(({ buffer }) => buffer as ArrayBuffer)
        worker.postMessage({ id, kind, ...payload }, memory)
      }),
    close: async () => void (await worker.terminate()),
  }
}

/** A child process and a Unix socket with frames made by hand. */
export async function openFrames(answers: Answers): Promise<Channel> {
  const folder = await mkdtemp(join(tmpdir(), 'dima-transport-'))
  const path = join(folder, 'socket')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const child = startProcess('./framed-process', import.meta.url)
  child.send({ path, answers })
  const [socket] = (await once(server, 'connection')) as [Socket]
  const waiting = waitingRoom()
  const read = frameReader((frame) => {
    const { id, payload } = decodeFrame(frame)
    waiting.answer(id, payload)
  })
  socket.on('data', read)
  return {
    ask: (kind, payload) => waiting.wait((id) => void socket.write(encodeFrame(id, { kind, ...payload }))),
    close: async () => {
      socket.destroy()
      server.close()
      child.disconnect()
      await once(child, 'exit')
      await rm(folder, { recursive: true })
    },
  }
}

function waitingRoom() {
  const waiting = new Map<number, (answer: Payload) => void>()
  let next = 1
  return {
    answer(id: number, answer: Payload) {
      waiting.get(id)!(answer)
      waiting.delete(id)
    },
    wait: (send: (id: number) => void) =>
      new Promise<Payload>((resolve) => {
        const id = next++
        waiting.set(id, resolve)
        send(id)
      }),
  }
}
