// A real server of Debian's package redis-server, where it is installed: a store for servers under test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whoever needs it skips where it is not, and says so. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

export interface RedisServer {
  port: number
  url: string
  /** of its process, which may be another after each start */
  readonly pid: number
  /** One command and the first line or so of its answer. */
  ask(command: string): Promise<string>
  /** As `ask`, of a command that is answered with OK. Throws what it is answered with instead. */
  insist(command: string): Promise<void>
  /** SIGKILL: nothing is saved. */
  kill(): Promise<void>
  /** On the same port and folder. @param more options, for this time */
  start(...more: string[]): Promise<void>
  /** Removes what it has saved, while it is not running. */
  forget(): void
  /** Ends it and removes its folder. */
  close(): Promise<void>
}

/** @param options as on its command line */
export async function startRedis(...options: string[]): Promise<RedisServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const all = ['--port', String(port), '--dir', folder, '--bind', '127.0.0.1', '--save', '', ...options]
  let child: ChildProcess | undefined
  const killWithUs = () => child?.kill('SIGKILL')
  process.once('exit', killWithUs)
  const start = async (...more: string[]) => {
    child = spawn('redis-server', [...all, ...more], { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const line of child.stdout!) if (String(line).includes('Ready to accept')) break
    child.stdout!.on('error', () => {}).resume()
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const close = async () => {
    process.off('exit', killWithUs)
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child!.pid!
    },
    ask: (command) => ask(port, command),
    insist: async (command) => {
      const answer = await ask(port, command)
      if (answer !== '+OK') throw new Error(`redis-server answers ${command} with ${answer}`)
    },
    kill,
    start,
    forget: () => {
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
    },
    close,
  }
}

const ask = (port: number, command: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.once('error', reject)
    socket.once('data', (data) => {
      socket.destroy()
      resolve(String(data).trim())
    })
  })

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
