// Starts the server: models, executors, HTTP.
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { DimaError } from '../common/errors.ts'
import { type ExecutorPool, startExecutorPool } from '../inference/executors/pool.ts'
import type { Sessions } from '../inference/live/types.ts'
import { openRepository, type Repository } from '../registry/repository.ts'
import { buildApp } from './app.ts'
import { staticCatalog } from './catalog.ts'
import { readConfig, type ServerConfig } from './config.ts'
import { serverLogger } from './logger.ts'

/** What close-with-grace waits for running rollouts before it gives up. */
const GRACE_MS = 10_000

interface Served {
  repository: Repository
  pool: ExecutorPool
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = serverLogger(config.LOG_LEVEL)
  const { repository, pool } = await loadModels(config, logger)
  const app = buildApp({
    catalog: staticCatalog(repository),
    runner: pool,
    sessions: { stats: () => ({ open: 0, capacity: 0, stateBytes: 0 }) } as Sessions, // comes next
    config,
    logger,
  })
  closeWithGrace({ delay: GRACE_MS, logger }, async ({ err }) => {
    if (err) logger.error({ err }, 'closing after an error')
    await app.close()
    await pool.close()
  })
  await app.listen({ host: config.HOST, port: config.PORT })
}

/** What is served: bundles that the registry finds in order and that the engine can run. */
async function loadModels({ MODELS, EXECUTORS }: ServerConfig, logger: Logger): Promise<Served> {
  const found = await openRepository(MODELS)
  for (const { reference, reason } of found.refused) logger.error({ reference, reason }, 'refused')
  const pool = await startExecutorPool({ bundles: [...found.bundles], executors: EXECUTORS, logger })
  const repository = found.without(pool.refused)
  for (const { name, version, digest, labels } of repository.bundles)
    logger.info({ name, version, digest, labels }, 'serving')
  if (repository.bundles.length === 0) logger.warn(`no model in ${MODELS}`)
  return { repository, pool }
}

main().catch((error: unknown) => {
  // A wrong setting needs its message, anything else its stack.
  console.error(error instanceof DimaError ? error.message : error)
  process.exit(1)
})
