// POST /v1/rollout, also at /rollout: check everything, imagine, answer.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { RolloutRequest, RolloutResponse } from '../../api/rollout.ts'
import type { ServerContext } from '../context.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { factsOf } from '../plugins/finished.ts'
import { problemResponse } from '../plugins/swagger.ts'
import { type ParsedRollout, parseRollout } from '../rollout/parse.ts'
import { checkFinite, rolloutReply, type Timing } from '../rollout/reply.ts'

const schema = {
  summary: 'Imagine joint trajectories',
  body: RolloutRequest,
  response: { 200: RolloutResponse, ...problemResponse },
}

export function rolloutRoutes(app: FastifyInstance, context: ServerContext): void {
  for (const [url, operationId] of [
    ['/v1/rollout', 'rollout'],
    ['/rollout', 'rolloutAlias'],
  ] as const) {
    app.post(url, {
      schema: { ...schema, operationId },
      // The schema is for readers and generators: parseRollout checks the arrays while it copies them.
      validatorCompiler: () => () => true,
      handler: (request, reply) => answer(request.body, reply, context),
    })
  }
}

async function answer(
  body: unknown,
  reply: FastifyReply,
  { catalog, runner, limits, metrics }: ServerContext,
) {
  const parsed = parseRollout(body, catalog.repository, limits.batch)
  const { bundle, rollout } = parsed
  const facts = Object.assign(factsOf(reply.request), { model: bundle.name, version: bundle.version })
  const trajectories = await runner.rollout(bundle.digest, rollout)
  const { queueMs, computeMs } = trajectories
  Object.assign(facts, { queueMs, computeMs })
  record(metrics, parsed, trajectories)
  checkFinite(rollout, trajectories)
  const timing = timingOf(trajectories, reply)
  reply.header('server-timing', serverTiming(timing))
  return rolloutReply(parsed, trajectories, timing)
}

function record(
  metrics: Metrics,
  { bundle, rollout }: ParsedRollout,
  took: { queueMs: number; computeMs: number },
) {
  const { name: model, version } = bundle
  const { batch, horizon, plan } = rollout
  const { queueMs, computeMs } = took
  metrics.rollout({ model, version, plan: plan.name, batch, horizon, queueMs, computeMs })
}

const timingOf = (took: { queueMs: number; computeMs: number }, reply: FastifyReply): Timing => ({
  queue_ms: round(took.queueMs),
  compute_ms: round(took.computeMs),
  total_ms: round(reply.elapsedTime),
})

const serverTiming = ({ queue_ms, compute_ms, total_ms }: Timing): string =>
  `queue;dur=${queue_ms}, compute;dur=${compute_ms}, total;dur=${total_ms}`

/** To the microsecond; more digits are noise. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000
