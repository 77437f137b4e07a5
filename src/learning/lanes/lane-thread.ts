// A lane in a thread of its own. Calls are answered in their order.
import { parentPort, workerData } from 'node:worker_threads'
import { answerTo, type Numbered } from '../../common/calls.ts'
import type { LaneAsk, LaneCall, LaneHost } from './host.ts'
import { openHost } from './open-host.ts'

const port = parentPort!
const host = openHost(workerData)
let last: Promise<void> = Promise.resolve()

port.on('message', (ask: Numbered<LaneAsk>) => {
  last = last.then(() => answer(ask))
})

async function answer(ask: Numbered<LaneAsk>): Promise<void> {
  const run = host[ask.method] as (...given: unknown[]) => Promise<unknown>
  const copy = COPIES[ask.method] as Copy<unknown> | undefined
  const buffers: ArrayBuffer[] = []
  const given = await answerTo(ask, async () => {
    const answer = await run.apply(host, ask.args)
    return copy ? copy(answer, buffers) : answer
  })
  port.postMessage(given, buffers)
  if (ask.method === 'close') port.close()
}

/** Of an answer, with buffers of its own, which are handed over. */
type Copy<Answer> = (answer: Answer, buffers: ArrayBuffer[]) => Answer

const copied: Copy<Float32Array[]> = (arrays, buffers) => {
  const copies = arrays.map((array) => array.slice())
  buffers.push(...copies.map(({ buffer }) => buffer))
  return copies
}

/** A learner goes on with its own buffers, so a copy leaves; a message that is not handed over would take two. */
const COPIES: { [K in LaneCall]?: Copy<Awaited<ReturnType<LaneHost[K]>>> } = {
  parameters: copied,
  state: ({ updates, p, m, v }, buffers) => ({
    updates,
    p: copied(p, buffers),
    m: copied(m, buffers),
    v: copied(v, buffers),
  }),
}
