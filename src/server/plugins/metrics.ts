// Prometheus metrics. Names, units and buckets follow spec/serving.md: prefix wm_, base units, no ids in labels.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds. Steps of a live session at the low end, rollouts of a thousand rows at the high end. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export interface FinishedRollout {
  model: string
  version: string
  plan: string
  batch: number
  horizon: number
  queueMs: number
  computeMs: number
}

export interface Metrics {
  rollout(finished: FinishedRollout): void
  /** The text of GET /metrics and its content type. */
  render(): Promise<{ text: string; contentType: string }>
}

/** Its own registry for each app, so that two apps in a process (tests) don't share counts. */
export function metrics(app: FastifyInstance, facts: { refused: number; version: string }): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  watchEventLoop(app, registry)
  watchRequests(app, registry)
  setFacts(registry, facts)
  return {
    rollout: rolloutRecorder(registry),
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  }
}

function watchRequests(app: FastifyInstance, registry: Registry): void {
  const requests = new Counter({
    name: 'wm_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'wm_request_duration_seconds',
    help: 'From the first byte of the request to the last of the reply',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request)
    requests.inc({ route, method: methodOf(app, request), status: reply.statusCode })
    duration.observe({ route }, reply.elapsedTime / 1000)
  })
}

/** The pattern, never the path: whatever is asked for, the number of series stays bounded. */
const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown'
const methodOf = (app: FastifyInstance, { method }: FastifyRequest): string =>
  app.supportedMethods.includes(method) ? method : 'OTHER'

function rolloutRecorder(registry: Registry): Metrics['rollout'] {
  const registers = [registry]
  const [model, full] = [
    ['model', 'version'],
    ['model', 'version', 'plan'],
  ]
  const queue = new Histogram({
    name: 'wm_queue_duration_seconds',
    help: 'Waiting for an executor',
    buckets: BUCKETS,
    registers,
  })
  const compute = new Histogram({
    name: 'wm_compute_duration_seconds',
    help: 'Computing a rollout in an executor',
    labelNames: full,
    buckets: BUCKETS,
    registers,
  })
  const rollouts = new Counter({
    name: 'wm_rollouts_total',
    help: 'Rollouts computed',
    labelNames: full,
    registers,
  })
  const steps = new Counter({
    name: 'wm_steps_total',
    help: 'Imagined joint steps',
    labelNames: model,
    registers,
  })
  return ({ model, version, plan, batch, horizon, queueMs, computeMs }) => {
    queue.observe(queueMs / 1000)
    compute.observe({ model, version, plan }, computeMs / 1000)
    rollouts.inc({ model, version, plan })
    steps.inc({ model, version }, batch * horizon)
  }
}

function setFacts(registry: Registry, { refused, version }: { refused: number; version: string }): void {
  const registers = [registry]
  new Gauge({ name: 'wm_models_refused', help: 'Bundles and labels refused at start', registers }).set(
    refused,
  )
  const info = new Gauge({
    name: 'wm_build_info',
    help: 'Always 1; the labels say what is running',
    labelNames: ['version', 'node'],
    registers,
  })
  info.set({ version, node: process.version }, 1)
}

/** The longest delay since the last scrape: a blocked event loop stalls every reply at once. */
function watchEventLoop(app: FastifyInstance, registry: Registry): void {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  app.addHook('onClose', async () => {
    delay.disable()
  })
  new Gauge({
    name: 'wm_event_loop_delay_seconds',
    help: 'Longest delay of the event loop since the last scrape',
    registers: [registry],
    collect() {
      this.set(delay.max / 1e9)
      delay.reset()
    },
  })
}
