// Listening servers with real sessions on an engine that computes nothing, and a few pages that only tests ask for.
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { openSessions } from '../../src/inference/live/sessions.ts'
import type { SessionSettings, Sessions } from '../../src/inference/live/types.ts'
import type { Runner } from '../../src/inference/runner.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { Repository } from '../../src/registry/repository.ts'
import { type AppOptions, buildApp } from '../../src/server/app.ts'
import { type Catalog, staticCatalog } from '../../src/server/catalog.ts'
import type { Windows } from '../../src/worlds/dima/serve/memory.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import type { LiveRow } from '../../src/worlds/live.ts'
import type { StartWindow } from '../../src/worlds/starts.ts'
import { fakeRunner } from '../inference/fake-runner.ts'
import { A, manifest, N, O, S } from '../registry/fixture.ts'
import { Stored } from './stored.ts'

export interface TestServer {
  /** ws://127.0.0.1:<port> */
  url: string
  close(): Promise<void>
}

const SETTINGS: SessionSettings = {
  capacity: 1000,
  capacityPerOwner: 1000,
  idleTimeoutMs: 60_000,
  pendingPerSession: 8,
}

/** An action whose first number is 1 ends the episode. */
function ends({ turn }: LiveRow): boolean {
  const { actions } = turn as Windows
  return actions[actions.length - N * A] === 1
}

export async function startServer(
  settings: Partial<SessionSettings> = {},
  options: Partial<AppOptions> = {},
): Promise<TestServer> {
  const drops = new Drops()
  const runner = drops.watch(fakeRunner({ N, A, S, O }, ends))
  const sessions = openSessions(runner, KINDS, { ...SETTINGS, ...settings })
  return listen(drops, sessions, buildApp({ catalog: catalog(), runner, sessions, ...options }))
}

/** One with a store. */
export async function startStoredServer(): Promise<TestServer> {
  const drops = new Drops()
  const runner = drops.watch(fakeRunner({ N, A, S, O }, ends))
  const served = catalog()
  const stored = new Stored(runner, SETTINGS, (digest) => served.byDigest(digest))
  const { sessions } = stored
  const app = buildApp({ catalog: served, runner, sessions })
  stored.serve(app)
  return listen(drops, sessions, app)
}

async function listen(drops: Drops, sessions: Sessions, app: FastifyInstance): Promise<TestServer> {
  drops.serve(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const close = async () => {
    await app.close()
    sessions.closeAll()
  }
  return { url: `ws://127.0.0.1:${port}`, close }
}

function catalog(): Catalog {
  const described = manifest('tiny', '1', { documents: [] })
  const bundle: Bundle = {
    name: 'tiny',
    version: '1',
    digest: 'digest of tiny/1',
    manifest: { ...described, graphs: { ...described.graphs, policy: described.graphs.decode! } },
    directory: '/nowhere',
    labels: [],
  }
  const live = { bundle, starts: [0, 1, 2, 3].map(startOf) }
  return {
    ...staticCatalog(new Repository([bundle]), KINDS),
    model: (reference) => {
      new Repository([bundle]).resolve(reference)
      return live
    },
    byDigest: (digest) => (digest === bundle.digest ? live : undefined),
  }
}

const startOf = (salt: number): StartWindow => ({
  states: Float64Array.from({ length: S }, (_, i) => salt + i / 10),
  actions: new Float32Array(0),
})

/** Breaks the sockets of an app when it is asked to, and counts the steps that were computed. */
class Drops {
  private readonly sockets = new Set<Duplex>()
  private computed = 0
  private inNextStep = false

  watch(runner: Runner): Runner {
    return {
      ...runner,
      step: (...work) => {
        this.computed++
        if (this.inNextStep) this.drop()
        this.inNextStep = false
        return runner.step(...work)
      },
    }
  }

  serve(app: FastifyInstance): void {
    app.server.on('upgrade', (_, socket) => {
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
    })
    app.get('/test/steps', async () => ({ computed: this.computed }))
    app.post('/test/drop', async () => ({ dropped: this.drop() }))
    app.post('/test/drop-in-step', async () => {
      this.inNextStep = true
      return {}
    })
  }

  private drop(): number {
    const dropped = this.sockets.size
    for (const socket of this.sockets) socket.destroy()
    return dropped
  }
}
