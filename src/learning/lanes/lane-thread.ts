// A lane in a thread of its own. Calls are answered in their order.
import { parentPort, workerData } from 'node:worker_threads'
import { DimaError } from '../../common/errors.ts'
import type { FromLane, LaneError, ToLane } from './messages.ts'
import { openHost } from './open-host.ts'

const port = parentPort!
const host = openHost(workerData)
let last: Promise<void> = Promise.resolve()

port.on('message', (message: ToLane) => {
  last = last.then(() => answer(message))
})

async function answer({ id, method, args }: ToLane): Promise<void> {
  try {
    const run = host[method] as (...given: unknown[]) => Promise<unknown>
    reply({ id, answer: await run.apply(host, args) })
    if (method === 'close') port.close()
  } catch (error) {
    reply({ id, error: describe(error as Error) })
  }
}

const reply = (message: FromLane) => port.postMessage(message)

const describe = (error: Error): LaneError =>
  error instanceof DimaError
    ? { code: error.code, message: error.message, details: error.details }
    : { message: error.stack ?? error.message }
