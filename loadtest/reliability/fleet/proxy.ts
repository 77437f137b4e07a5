// Debian's HAProxy with our own configuration (deploy/haproxy.cfg), on a free port, in front of servers of this machine.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from './redis-server.ts'

const FILE = resolve(import.meta.dirname, '../../../deploy/haproxy.cfg')

/** Why HAProxy can't run here, or undefined. In CI it must run, so there the answer is always undefined. */
export const missingProxy: string | undefined =
  process.env.CI || spawnSync('haproxy', ['-v']).status === 0 ? undefined : 'haproxy is not installed'

export interface FrontDoor {
  port: number
  close(): Promise<void>
}

/** @param ports of the servers, as many as the file has or more */
export async function openProxy(ports: readonly number[]): Promise<FrontDoor> {
  const folder = mkdtempSync(join(tmpdir(), 'dima-haproxy-'))
  const file = join(folder, 'haproxy.cfg')
  const port = await freePort()
  writeFileSync(file, configurationFor(port, ports))
  const child = spawn('haproxy', ['-f', file], { stdio: 'ignore' })
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const close = async () => {
    process.off('exit', killWithUs)
    await end(child)
    rmSync(folder, { recursive: true })
  }
  try {
    await listening(port, child)
    return { port, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The committed one, elsewhere. */
function configurationFor(port: number, ports: readonly number[]): string {
  const text = readFileSync(FILE, 'utf8')
  const moved = ports.reduce(
    (before, upstream, i) => before.replaceAll(`10.0.0.1${i + 1}:8080`, `127.0.0.1:${upstream}`),
    text,
  )
  if (/\b10\.0\.0\.\d+:/.test(moved)) throw new Error('haproxy.cfg has more servers than there are')
  return moved.replace('bind :8080', `bind 127.0.0.1:${port}`)
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
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
