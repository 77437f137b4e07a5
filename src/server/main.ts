// Starts the server. `npm start -- --help` lists its settings.
import closeWithGrace from 'close-with-grace'
import { DimaError } from '../common/errors.ts'
import { isLoopback } from '../common/loopback.ts'
import { readConfig, settingsHelp } from './config.ts'
import { serverLogger } from './logger.ts'
import { openServer } from './open-server.ts'

/** What close-with-grace waits for running requests before it gives up. */
const GRACE_MS = 10_000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = serverLogger(config.LOG_LEVEL)
  const { app, close } = await openServer(config, logger)
  closeWithGrace({ delay: GRACE_MS, logger }, async ({ err }) => {
    if (err) logger.error({ err }, 'closing after an error')
    await close()
  })
  if (!isLoopback(config.HOST) && !config.TLS_CERT)
    logger.warn('others can read along: set TLS_CERT and TLS_KEY, or let a proxy in front speak TLS')
  await app.listen({ host: config.HOST, port: config.PORT })
}

if (process.argv.includes('--help')) console.log(`Settings, as environment variables:\n\n${settingsHelp()}`)
else
  main().catch((error: unknown) => {
    // A wrong setting needs its message, anything else its stack.
    console.error(error instanceof DimaError ? error.message : error)
    process.exit(1)
  })
