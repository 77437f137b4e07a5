// A child process: the server as main.ts starts it, or with executors that compute nothing. Told its settings by its
// parent, it says where it listens, and ends when the parent does.
import { DimaError } from '../../src/common/errors.ts'
import { readConfig } from '../../src/server/config.ts'
import { serverLogger } from '../../src/server/logger.ts'
import { openServer } from '../../src/server/open-server.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { stubExecutor } from './stub-executor.ts'

export interface ServerStart {
  settings: Record<string, string>
  stub: boolean
}
export type ServerStarted = { port: number } | { failed: string }

const tell = (message: ServerStarted) => void process.send?.(message)

async function start({ settings, stub }: ServerStart): Promise<void> {
  const config = readConfig(settings)
  const logger = serverLogger(config.LOG_LEVEL)
  const { app, close } = await openServer(config, KINDS, logger, stub ? stubExecutor : undefined)
  process.on('disconnect', () => void close().finally(() => process.exit(0)))
  await app.listen({ host: '127.0.0.1', port: 0 })
  tell({ port: (app.server.address() as { port: number }).port })
}

process.once('message', (message: ServerStart) => {
  start(message).catch((error: unknown) =>
    tell({ failed: error instanceof DimaError ? error.message : String(error) }),
  )
})
