// A lane in a thread of its own. Calls are answered in their order.
import { parentPort, workerData } from 'node:worker_threads'
import { answerTo, type Numbered } from '../../common/calls.ts'
import type { LaneAsk } from './host.ts'
import { openHost } from './open-host.ts'

const port = parentPort!
const host = openHost(workerData)
let last: Promise<void> = Promise.resolve()

port.on('message', (ask: Numbered<LaneAsk>) => {
  last = last.then(() => answer(ask))
})

async function answer(ask: Numbered<LaneAsk>): Promise<void> {
  const run = host[ask.method] as (...given: unknown[]) => Promise<unknown>
  port.postMessage(await answerTo(ask, () => run.apply(host, ask.args)))
  if (ask.method === 'close') port.close()
}
