// One line for each finished request: figures and ids. Never a body, a header or a key.
import { type FastifyInstance, LogController } from 'fastify'
import { type FinishedRequest, whenFinished } from './finished.ts'

/** Fastify's own two lines for each request make room for ours. */
export const logController = Object.assign(new LogController(), {
  incomingRequest: () => {},
  requestCompleted: () => {},
})

export function logRequests(app: FastifyInstance): void {
  whenFinished(app, (finished, request) => request.log.info(lineOf(finished), 'request'))
}

/** Fields that are undefined are left out by the logger. */
const lineOf = (finished: FinishedRequest) => {
  const { route, method, status, code, ms, queueMs, computeMs, caller, model, version } = finished
  return {
    method,
    route,
    status,
    code,
    ms: round(ms),
    queue_ms: round(queueMs),
    compute_ms: round(computeMs),
    caller,
    model,
    version,
  }
}

/** To the microsecond; more digits are noise. */
const round = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms * 1000) / 1000
