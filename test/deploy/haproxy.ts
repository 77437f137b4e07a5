// Debian's HAProxy with our own configuration, on a free port, in front of servers that only tell who they are.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { deploy } from './rules.ts'

/** Why HAProxy can't run here, or undefined. In CI it must run, so there the answer is always undefined. */
export const missingProxy: string | undefined =
  process.env.CI || spawnSync('haproxy', ['-v']).status === 0 ? undefined : 'haproxy is not installed'

export interface Upstream {
  name: string
  port: number
  /** what it does when it is asked whether it is ready */
  health: 'ready' | 'draining' | 'frozen'
}

/** Answers every request with its name, and every message of a socket. */
export async function startUpstream(name: string): Promise<Upstream> {
  const upstream: Upstream = { name, port: 0, health: 'ready' }
  const server = createServer(({ url }, response) => {
    if (url !== '/v2/health/ready') return void response.end(name)
    if (upstream.health === 'frozen') return
    response.writeHead(upstream.health === 'ready' ? 200 : 503).end()
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', () => socket.send(name)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  upstream.port = (server.address() as AddressInfo).port
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })
  return upstream
}

/** @returns the port that it listens on */
export async function startProxy(upstreams: readonly Upstream[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'dima-haproxy-'))
  const file = join(folder, 'haproxy.cfg')
  const port = await freePort()
  writeFileSync(file, configurationFor(port, upstreams))
  const child = spawn('haproxy', ['-f', file], { stdio: 'ignore' })
  onTestFinished(async () => {
    await end(child)
    rmSync(folder, { recursive: true })
  })
  await listening(port, child)
  return port
}

/** The committed one, elsewhere. */
function configurationFor(port: number, upstreams: readonly Upstream[]): string {
  const text = readFileSync(deploy('haproxy.cfg'), 'utf8')
  const moved = upstreams.reduce(
    (before, upstream, i) => before.replaceAll(`10.0.0.1${i + 1}:8080`, `127.0.0.1:${upstream.port}`),
    text,
  )
  if (/\b10\.0\.0\.\d+:/.test(moved)) throw new Error('haproxy.cfg has more servers than there are')
  return moved.replace('bind :8080', `bind 127.0.0.1:${port}`)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`haproxy ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('haproxy does not listen')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
