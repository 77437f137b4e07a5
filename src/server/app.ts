// Builds the HTTP app and never listens: main.ts does, tests call app.inject.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import type { Executors } from '../api/health.ts'
import type { SessionStore } from '../inference/live/store/store.ts'
import type { Sessions } from '../inference/live/types.ts'
import type { Runner } from '../inference/runner.ts'
import type { KeyRing } from './auth/keys.ts'
import type { Catalog } from './catalog.ts'
import { type AppConfig, appConfig, withKeyShares } from './config.ts'
import type { ServerContext } from './context.ts'
import { httpServer, refuseBrokenHttp } from './http/server.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { OPERATION } from './operations/table.ts'
import { auth } from './plugins/auth.ts'
import { crossOrigin } from './plugins/cross-origin.ts'
import { drain } from './plugins/draining.ts'
import { limits } from './plugins/limits.ts'
import { watchMethods } from './plugins/methods.ts'
import { countRequests } from './plugins/metrics.ts'
import { problem, sendProblem } from './plugins/problem.ts'
import { tellRefusals } from './plugins/refusals.ts'
import { logController, logRequests } from './plugins/request-log.ts'
import { swagger } from './plugins/swagger.ts'
import { tracing } from './plugins/tracing.ts'
import { type HealthOptions, requireReady } from './readiness.ts'
import { adminRoutes } from './routes/admin.ts'
import { kserveRoutes } from './routes/kserve.ts'
import { modelRoutes } from './routes/models.ts'
import { operationRoutes } from './routes/operations.ts'
import { pageRoutes } from './routes/page.ts'
import { planRoutes } from './routes/plan.ts'
import { policyRoutes } from './routes/policy.ts'
import { rolloutRoutes } from './routes/rollout.ts'
import { addSchemas } from './routes/schemas.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { Slots } from './slots.ts'
import { Crowds } from './stream/crowds.ts'
import { refuseUpgrades, streamRoute } from './stream/stream.ts'
import { Turns } from './turns.ts'
import { VERSION } from './version.ts'
import { Decoder } from './wire/decoder.ts'
import { negotiation } from './wire/negotiation.ts'

export interface AppOptions {
  catalog: Catalog
  runner: Runner
  sessions: Sessions
  /** that the sessions are kept in */
  store?: Pick<SessionStore, 'lostMs'>
  /** Default: its own, of what is above */
  metrics?: Metrics
  /** what is not given has its default */
  config?: Partial<AppConfig>
  /** how many work right now. Default: the only one always does */
  executors?: () => Executors
  /** Default: everyone may call, as `anonymous` */
  keys?: { ring(): KeyRing }
  /** PEM texts; with them the app speaks https */
  tls?: { cert: string; key: string }
  logger?: FastifyBaseLogger
}

export function buildApp(options: AppOptions): FastifyInstance {
  const { catalog, runner, sessions, executors = () => ({ ready: 1, total: 1, device: 'cpu' }) } = options
  const config = withKeyShares(appConfig(options.config), options.keys !== undefined)
  const turns = new Turns()
  const app = Fastify(serverOptions(options, config, turns))
  // Schemas describe replies and don't write them: for arrays of numbers JSON.stringify is three times as fast.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  const metrics =
    options.metrics ?? createMetrics({ catalog, sessions: () => sessions.stats(), version: VERSION })
  catalog.onReload((outcome) => metrics.reloaded(outcome))
  refuseUpgrades(app)
  tracing(app)
  logRequests(app)
  countRequests(app, metrics)
  problem(app)
  crossOrigin(app, config)
  auth(app, config, options.keys)
  limits(app, config)
  const decoder = new Decoder()
  const draining = drain(app, config.DRAIN_SECONDS)
  app.addHook('onClose', () => decoder.close())
  negotiation(app, { decoder, limits: config, serialized: metrics.serialized })
  swagger(app)
  tellRefusals(app)
  addSchemas(app)
  // Routes wait for swagger, which watches them being added.
  app.register(async (scope) => {
    const refuseOtherMethods = watchMethods(scope)
    const context: ServerContext = {
      catalog,
      runner,
      sessions,
      store: options.store,
      metrics,
      device: executors().device,
      limits: {
        batch: config.MAX_BATCH,
        streamHorizon: config.MAX_STREAM_HORIZON,
        outOfRange: config.OUT_OF_RANGE_ACTIONS,
      },
      draining,
      streams: new Slots(config.MAX_STREAMS, config.MAX_STREAMS_PER_KEY),
    }
    const health: HealthOptions = {
      executors,
      requireReady: () => requireReady({ ...context, executors, storeLostMs: config.STORE_LOST_MS }),
    }
    rolloutRoutes(scope, context)
    policyRoutes(scope, context)
    planRoutes(scope, context)
    sessionRoutes(scope, context)
    await scope.register(modelRoutes, context)
    await scope.register(kserveRoutes, { context, decoder, ...health })
    await streamRoute(scope, {
      context,
      operations: OPERATION,
      config,
      charge: app.charge,
      decoder,
      turns,
      crowds: new Crowds(),
    })
    adminRoutes(scope, context)
    operationRoutes(scope, context, health)
    if (config.PAGE) pageRoutes(scope, config.PLAYGROUND)
    refuseOtherMethods(scope)
  })
  return app
}

function serverOptions({ tls, logger }: AppOptions, config: AppConfig, turns: Turns): FastifyServerOptions {
  return {
    serverFactory: httpServer(config, turns, tls),
    ...(logger ? { loggerInstance: logger } : {}),
    bodyLimit: config.BODY_LIMIT_BYTES,
    // By default Ajv would drop unknown fields and turn "3" into 3.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    genReqId: requestId,
    logController,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => sendProblem(visited(error, request), request, reply),
    clientErrorHandler: refuseBrokenHttp,
    // Fastify's own 503 is not problem+json; requests that arrive while closing are still answered.
    return503OnClosing: false,
    pluginTimeout: 0, // it would also cut off the end, which may take long: see DRAIN_SECONDS
  }
}

/** What never comes to a route, with an address that can't be read, is counted as what no key pays for. */
function visited(error: Error, { server, ip }: FastifyRequest): unknown {
  try {
    server.visit(ip)
    return error
  } catch (limited) {
    return limited
  }
}

/** A caller's id is kept, so that its log and ours can be joined, unless it could spoil a log line. */
function requestId({ headers }: { headers: IncomingMessage['headers'] }): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}
