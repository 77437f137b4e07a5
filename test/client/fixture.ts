// A listening app around a runner without an engine, and a line to it that tests can cut.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { openSessions } from '../../src/inference/live/sessions.ts'
import type { Sessions } from '../../src/inference/live/types.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { Repository } from '../../src/registry/repository.ts'
import { type AppOptions, buildApp } from '../../src/server/app.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { A, N, S } from '../registry/fixture.ts'
import { fakeRunner, policyBundle } from '../server/fixture.ts'

interface Options {
  runner?: Partial<Runner>
  /** in place of what its sessions do */
  sessions?: Partial<Sessions>
  config?: AppOptions['config']
  keys?: AppOptions['keys']
}

/** @returns its port */
export async function listen({
  runner = {},
  sessions: instead = {},
  config,
  keys,
}: Options = {}): Promise<number> {
  const settings = { capacity: 100, capacityPerOwner: 100, idleTimeoutMs: 60_000, pendingPerSession: 64 }
  const engine = { ...fakeRunner, ...runner }
  const sessions = Object.assign(openSessions(engine, KINDS, settings), instead)
  const catalog = staticCatalog(new Repository([policyBundle()]), KINDS)
  const starts = [{ states: new Float64Array(S), actions: new Float32Array() }]
  const app = buildApp({
    catalog: { ...catalog, model: (reference) => ({ ...catalog.model(reference), starts }) },
    runner: engine,
    sessions,
    ...(config ? { config } : {}),
    ...(keys ? { keys } : {}),
  })
  onTestFinished(async () => {
    await app.close()
    sessions.closeAll()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

export interface Line {
  port: number
  /** connections made through it */
  connections: number
  /** nothing of what the server says gets through any more */
  mute(): void
  /** ends all connections; new ones are answered again */
  cut(): void
  /** no new connection gets through until the next cut */
  refuse(): void
}

/** Between clients and the server at `port`. */
export async function lineTo(port: number): Promise<Line> {
  const open = new Set<Socket>()
  let [muted, refusing] = [false, false]
  const server = createServer((client) => {
    line.connections++
    if (refusing) return void client.destroy()
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (data) => upstream.write(data))
    upstream.on('data', (data) => {
      if (!muted) client.write(data)
    })
  })
  const cut = () => {
    muted = false
    refusing = false
    for (const socket of open) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    cut()
    server.close()
  })
  const line: Line = {
    port: (server.address() as AddressInfo).port,
    connections: 0,
    mute: () => {
      muted = true
    },
    cut,
    refuse: () => {
      refusing = true
    },
  }
  return line
}

/** [N, A] */
export const joint = (value = 0.1): number[][] =>
  Array.from({ length: N }, () => Array<number>(A).fill(value))

/** [S] */
export const start = (value = 0) => ({ states: [Array<number>(S).fill(value)] })
