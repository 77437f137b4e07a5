// The server as a process: it listens, and closes at a signal or after an error.
import { access, constants, readdir, stat } from 'node:fs/promises'
import { DimaError } from '../common/errors.ts'
import { listenError, tryAddress } from '../common/listen-address.ts'
import { isLoopback } from '../common/loopback.ts'
import { exitAfter, onStopSignal } from '../common/stop-signals.ts'
import type { Kinds } from '../worlds/world.ts'
import type { ServerConfig } from './config.ts'
import { serverLogger } from './logger.ts'
import { openServer } from './open-server.ts'

const NAMES = { host: 'HOST', port: 'PORT' }

/** What closing may take besides the time for running requests. */
const CLOSING_MS = 15_000

/** Throws what stands against it before models are loaded, where that can be known. */
export async function serve(config: ServerConfig, kinds: Kinds): Promise<void> {
  const address = { host: config.HOST, port: config.PORT }
  await tryAddress(address, NAMES) // what is wrong is known before models are loaded
  await tryFiles(config)
  const logger = serverLogger(config.LOG_LEVEL)
  let close = async (): Promise<void> => {}
  const end = (code: number) => exitAfter(() => close(), 1000 * config.DRAIN_SECONDS + CLOSING_MS, code)
  onStopSignal((signal) => {
    logger.info({ signal }, 'stopping')
    void end(0)
  })
  process.once('uncaughtException', (err) => {
    logger.fatal({ err }, 'closing after an error')
    void end(1)
  })
  const server = await openServer(config, kinds, logger)
  close = server.close
  if (!isLoopback(config.HOST) && !config.TLS_CERT)
    logger.warn('others can read along: set TLS_CERT and TLS_KEY, or let a proxy in front speak TLS')
  await server.app.listen(address).catch((error) => {
    throw listenError(error, address, NAMES)
  })
}

/** Throws the error of the system. */
async function tryFiles({ MODELS, KEYS, TLS_CERT, TLS_KEY }: ServerConfig): Promise<void> {
  await readdir(MODELS)
  for (const [name, file] of Object.entries({ KEYS, TLS_CERT, TLS_KEY })) {
    if (!file) continue
    await access(file, constants.R_OK)
    // A pipe without a writer would hold the start, and its end too.
    if ((await stat(file)).isFIFO())
      throw new DimaError('invalid_config', `${name}: ${file} is a pipe, not a file`)
  }
}
