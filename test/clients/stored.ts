// A server whose sessions are in a store too, which tests roll back, and which refuses what they say.
import type { FastifyInstance } from 'fastify'
import { DimaError, type ErrorCode } from '../../src/common/errors.ts'
import { SharedSessions } from '../../src/inference/live/shared-sessions.ts'
import type { LiveModel, SessionSettings, Sessions } from '../../src/inference/live/types.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { MemoryStore } from '../inference/live/store/memory-store.ts'

export class Stored {
  private readonly store = new MemoryStore()
  private readonly open: () => SharedSessions
  private current: SharedSessions
  private saved = new Map<string, Buffer>()
  private readonly refusals: ErrorCode[] = []

  constructor(runner: Runner, settings: SessionSettings, find: (digest: string) => LiveModel | undefined) {
    this.open = () => new SharedSessions(runner, KINDS, settings, { store: this.store, find })
    this.current = this.open()
  }

  /** Those of the server that is there at the moment. */
  get sessions(): Sessions {
    return new Proxy({} as Sessions, {
      get: (_, name: keyof Sessions) => {
        const code = name === 'bring' ? this.refusals.shift() : undefined
        if (code) return () => Promise.reject(new DimaError(code, 'as the test said'))
        const value = this.current[name] as (...given: unknown[]) => unknown
        return value.bind(this.current)
      },
    })
  }

  serve(app: FastifyInstance): void {
    app.post('/test/save', async () => {
      this.saved = new Map(this.store.records)
      return {}
    })
    // The store comes back as it was when it was saved, and the server that knew better is gone as well.
    app.post('/test/roll-back', async () => {
      this.current.closeAll()
      this.store.records = new Map(this.saved)
      this.store.epoch += '!'
      this.current = this.open()
      return {}
    })
    app.post<{ Params: { code: ErrorCode; times: string } }>('/test/refuse/:code/:times', async (request) => {
      const { code, times } = request.params
      this.refusals.push(...Array(Number(times)).fill(code))
      return {}
    })
  }
}
