// All parts of a server put together: executors, models, sessions, keys, metrics, HTTP. `serve.ts` gives it a port.
import { readFile } from 'node:fs/promises'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { DimaError } from '../common/errors.ts'
import type { Placement } from '../engine/device.ts'
import type { Executor } from '../inference/executors/executor.ts'
import { type ExecutorPool, sessionAt, startExecutorPool } from '../inference/executors/pool.ts'
import { type ProofLimits, proveIn, trust } from '../inference/executors/proof.ts'
import { openSessions } from '../inference/live/sessions.ts'
import { type Shared, SharedSessions, type StoreObserver } from '../inference/live/shared-sessions.ts'
import { openRedisStore } from '../inference/live/store/redis/redis-store.ts'
import type { SessionStore } from '../inference/live/store/store.ts'
import type { Sessions } from '../inference/live/types.ts'
import type { Kinds } from '../worlds/world.ts'
import { buildApp } from './app.ts'
import { openKeys } from './auth/key-file.ts'
import { modelOfSession } from './catalog.ts'
import type { ServerConfig } from './config.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { type OpenCatalog, openCatalog } from './open-catalog.ts'
import { executorsOn, openPlacement } from './placement.ts'
import { VERSION } from './version.ts'

type Closer = () => void | Promise<void>

/**
 * Listens nowhere yet. close() ends requests first, then what they need. Throws DimaError `invalid_config`, and then
 * leaves nothing running.
 * @param kinds of world models that it serves
 * @param startExecutor for benchmarks without an engine
 */
export async function openServer(
  config: ServerConfig,
  kinds: Kinds,
  logger: FastifyBaseLogger,
  startExecutor?: () => Executor,
): Promise<{ app: FastifyInstance; close: () => Promise<void> }> {
  const closers: Closer[] = []
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end()
  }
  try {
    return { app: await openParts(config, kinds, logger, (end) => closers.push(end), startExecutor), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openParts(
  config: ServerConfig,
  kinds: Kinds,
  logger: FastifyBaseLogger,
  atEnd: (end: Closer) => void,
  startExecutor: (() => Executor) | undefined,
): Promise<FastifyInstance> {
  // Pool and sessions are there before the metrics, which read them, and count in them from then on.
  let metrics: Metrics | undefined
  const keys = config.KEYS ? await openKeys(config.KEYS, logger) : undefined
  atEnd(() => keys?.close())
  const tls = config.TLS_CERT ? await readTls(config) : undefined
  const on = await openPlacement(config, logger)
  const pool = await startPool(config, on, kinds, logger, () => metrics, startExecutor)
  atEnd(() => pool.close())
  const store = await openStore(config, logger, () => metrics)
  atEnd(() => store?.close())
  const find = (digest: string) => modelOfSession(catalog, digest)
  const sessions = openLiveSessions(config, kinds, pool, store && { store, find }, () => metrics)
  atEnd(() => sessions.closeAll())
  const catalog: OpenCatalog = await openModels(config, kinds, logger, pool, sessions)
  atEnd(() => catalog.close())
  const stats = { pool: () => pool.stats(), sessions: () => sessions.stats() }
  metrics = createMetrics({ catalog, ...stats, store, version: VERSION })
  const executors = () => pool.executors()
  const common = { catalog, runner: pool, sessions, metrics, config, executors, logger }
  const app = buildApp({
    ...common,
    ...(store ? { store } : {}),
    ...(keys ? { keys } : {}),
    ...(tls ? { tls } : {}),
  })
  atEnd(() => app.close())
  return app
}

async function openModels(
  config: ServerConfig,
  kinds: Kinds,
  logger: FastifyBaseLogger,
  loader: ExecutorPool,
  sessions: Sessions,
): Promise<OpenCatalog> {
  const { MODELS: models, RELOAD_SECONDS } = config
  const everyMs = RELOAD_SECONDS * 1000
  const catalog = await openCatalog({
    models,
    kinds,
    loader,
    bound: () => sessions.digests(),
    everyMs,
    logger,
  })
  if (catalog.repository.bundles.length === 0)
    logger.warn(
      `no model of ${models} is served: npm run models -- list says why, npm run export publishes one`,
    )
  return catalog
}

/** Starts executors without models: the catalog loads them. */
const startPool = (
  config: ServerConfig,
  on: Placement,
  kinds: Kinds,
  logger: FastifyBaseLogger,
  metrics: () => Metrics | undefined,
  startExecutor: (() => Executor) | undefined,
) =>
  startExecutorPool({
    kinds,
    ...(startExecutor
      ? { start: startExecutor, prove: trust }
      : { prove: proveIn(kinds, proofLimits(config, on), logger, sessionAt(on, 0)) }),
    bundles: [],
    on,
    executors: executorsOn(on),
    logger,
    maxStepQueueMs: config.MAX_STEP_QUEUE_MS,
    maxRolloutQueueMs: config.MAX_ROLLOUT_QUEUE_MS,
    executorLoadMs: config.EXECUTOR_LOAD_SECONDS * 1000,
    observer: {
      executed: (execution) => metrics()?.executed(execution),
      restarted: (reason) => metrics()?.executorRestarted(reason),
    },
  })

export const proofLimits = (config: ServerConfig, { policy }: Placement): ProofLimits => ({
  runSeconds: policy.proofRunSeconds,
  totalSeconds: policy.proofSeconds,
  memoryMiB: config.PROOF_MEMORY_MIB,
  startSeconds: config.EXECUTOR_LOAD_SECONDS,
})

const openLiveSessions = (
  config: ServerConfig,
  kinds: Kinds,
  pool: ExecutorPool,
  shared: Shared | undefined,
  metrics: () => Metrics | undefined,
): Sessions => {
  const settings = {
    capacity: config.MAX_SESSIONS,
    capacityPerOwner: config.MAX_SESSIONS_PER_KEY,
    idleTimeoutMs: config.IDLE_TIMEOUT_SECONDS * 1000,
    pendingPerSession: config.MAX_PENDING_STEPS,
  }
  const observer: StoreObserver = {
    closed: (reason) => metrics()?.sessionClosed(reason),
    moved: (direction) => metrics()?.sessionMoved(direction),
  }
  if (!shared) return openSessions(pool, kinds, settings, observer)
  return new SharedSessions(pool, kinds, settings, shared, observer)
}

/** Of SESSION_STORE. Throws DimaError `invalid_config` when it can't be used. */
async function openStore(
  { SESSION_STORE: url, SESSION_STORE_TAGS: tags, IDLE_TIMEOUT_SECONDS }: ServerConfig,
  logger: FastifyBaseLogger,
  metrics: () => Metrics | undefined,
): Promise<SessionStore | undefined> {
  if (!url) return undefined
  return openRedisStore({
    url,
    tags,
    idleTimeoutMs: IDLE_TIMEOUT_SECONDS * 1000,
    log: (message) => logger.warn(message),
    observe: (call, rows, seconds, failed) => metrics()?.storeCalled(call, rows, seconds, failed),
  })
}

export async function readTls({ TLS_CERT, TLS_KEY }: ServerConfig): Promise<{ cert: string; key: string }> {
  const cert = await readPem('TLS_CERT', TLS_CERT)
  const key = await readPem('TLS_KEY', TLS_KEY)
  return { cert, key }
}

const readPem = (setting: string, path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DimaError('invalid_config', `${setting}=${path} can't be read (${error.code})`)
  })
