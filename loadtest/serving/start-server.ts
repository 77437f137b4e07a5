// Starts servers of a benchmark, each in a process of its own.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProcess } from '../../src/common/start-process.ts'
import type { ServerStart, ServerStarted } from './server-process.ts'

export interface RunningServer {
  url: string
  close(): Promise<void>
}

/** As in production, except that sessions do not expire while others are measured, and only warnings are logged. */
const DEFAULTS = { LOG_LEVEL: 'warn', IDLE_TIMEOUT_SECONDS: '0', RELOAD_SECONDS: '0' }
const CLOSE_MS = 8000

export interface ServerOptions {
  settings?: Record<string, string | number>
  /** executors that compute nothing */
  stub?: boolean
}

export async function startServer({
  settings = {},
  stub = false,
}: ServerOptions = {}): Promise<RunningServer> {
  const child = startProcess('./server-process', import.meta.url)
  const exited = once(child, 'exit')
  const given = Object.entries({ ...DEFAULTS, ...settings }).map(([name, value]) => [name, String(value)])
  child.send({ settings: Object.fromEntries(given), stub } satisfies ServerStart)
  const ended = exited.then(([code]) => [{ failed: `it ended with ${code}` }])
  const [started] = (await Promise.race([once(child, 'message'), ended])) as [ServerStarted]
  if ('failed' in started) {
    child.kill('SIGKILL')
    throw new Error(`the server did not start: ${started.failed}`)
  }
  return {
    url: `http://127.0.0.1:${started.port}`,
    async close() {
      child.disconnect()
      await Promise.race([exited, sleep(CLOSE_MS, undefined, { ref: false })])
      child.kill('SIGKILL')
    },
  }
}

/** Runs `task` with servers that are closed afterwards, whatever happens. */
export async function withServers<T, K extends string>(
  wanted: Record<K, ServerOptions>,
  task: (servers: Record<K, RunningServer>) => Promise<T>,
): Promise<T> {
  const servers: Partial<Record<K, RunningServer>> = {}
  try {
    for (const name of Object.keys(wanted) as K[]) servers[name] = await startServer(wanted[name])
    return await task(servers as Record<K, RunningServer>)
  } finally {
    await Promise.all(
      Object.values<RunningServer>(servers as Record<K, RunningServer>).map((one) => one.close()),
    )
  }
}
