// A client that asks whether the server lives, again and again on a connection of its own, and remembers how long each
// answer took. In a thread, so that it is not late itself while others of this process are busy.
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

const EVERY_MS = 8
/** Another address of this machine than the storms have: what no key pays for is limited by address. */
const localAddress = '127.0.0.2'

const { url } = workerData as { url: string }
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let times: number[] = []

async function ask(): Promise<void> {
  const began = performance.now()
  const asked = get(`${url}/v2/health/live`, { agent, localAddress })
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  for await (const _ of response);
  if (response.statusCode !== 200) throw new Error(`the probe was answered with ${response.statusCode}`)
  times.push(performance.now() - began)
}

/** Answers with the times since the last message. */
parentPort!.on('message', () => {
  parentPort!.postMessage(times)
  times = []
})

for (;;) {
  await ask()
  await after(EVERY_MS)
}
