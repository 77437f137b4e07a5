// POST /v1/rollout: the same request again and again, encoded once.
import type { Target } from '../target.ts'
import { encode, tensorOf } from './encode.ts'
import { describeModel } from './model.ts'
import { openRest, type Server } from './rest.ts'

export interface RolloutLoad {
  model: string
  callers: number
  rows: number
  /** 0: the model's own */
  horizon: number
  deadlineMs?: number
}

/** The field of a request; nothing without one. */
export const deadline = (ms: number | undefined) => (ms === undefined ? {} : { deadline_ms: ms })

export async function openRollouts(
  server: Server,
  { model, callers, rows, horizon, deadlineMs }: RolloutLoad,
): Promise<Target> {
  const rest = openRest(server)
  const served = await describeModel(rest, model)
  const steps = horizon || served.horizon
  const actions = tensorOf(served.actions(rows * steps), [rows, steps, ...served.joint], server.encoding)
  const request = {
    model: served.reference,
    starts: [served.start],
    actions,
    seed: 1,
    ...deadline(deadlineMs),
  } // [B, H, N, A]
  const body = encode(request, server.encoding)
  return {
    slots: callers,
    send: (_slot, done) => rest.post('/v1/rollout', body, rows * steps, done),
    close: async () => rest.close(),
  }
}
