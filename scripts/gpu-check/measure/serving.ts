// The server on a device: live steps of one session, vectorised steps of many, with so many executors on a card.
import { type Row, significant } from '../../../loadtest/record.ts'
import { closedSlice } from '../../../loadtest/serving/alternate.ts'
import { withServers } from '../../../loadtest/serving/start-server.ts'
import type { Target } from '../../../loadtest/target.ts'
import { openStream } from '../../../loadtest/targets/stream.ts'
import type { Device } from '../../../src/engine/device.ts'

export interface ServingOptions {
  device: Device
  models: string
  model: string
  /** live sessions that step in vectors */
  sessions: number
  seconds: number
}

/** Vectors for each executor: one is computed while the other is on its way. */
const VECTORS = 2

export async function measureServing(executors: number, options: ServingOptions): Promise<Row[]> {
  const { device, models, model, sessions, seconds } = options
  const settings = { MODELS: models, DEVICE: device, EXECUTORS: executors, MAX_STEP_QUEUE_MS: 60_000 }
  return withServers({ one: { settings } }, async ({ one }) => {
    const open = (slots: number, rows?: number) =>
      openStream(
        { url: one.url, encoding: 'msgpack' },
        { model, slots, sockets: Math.min(slots, 8), ...(rows ? { rows } : {}) },
      )
    const row = { measure: 'live steps', device, executors }
    const single = await rateOf(await open(1), seconds)
    const slots = VECTORS * executors
    const vectors = await rateOf(await open(slots, Math.floor(sessions / slots)), seconds)
    return [
      { ...row, rows: 1, stepsPerSecond: significant(single), msPerStep: significant(1000 / single) },
      { ...row, measure: 'live steps in vectors', rows: sessions, stepsPerSecond: significant(vectors) },
    ]
  })
}

/** The first slice warms up: shapes that were never seen are compiled in it. */
async function rateOf(target: Target, seconds: number): Promise<number> {
  const slice = closedSlice(target, 1000 * seconds)
  await slice()
  const rate = await slice()
  await target.close()
  return rate
}
