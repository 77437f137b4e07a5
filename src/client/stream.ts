// Sessions and rollouts over one socket, for Node and browsers. Lost connections are made again; sessions go on by
// their ids, and requests that may be repeated are.
import type { Metadata, Operation } from '../api/stream.ts'
import { Exchange, type ExchangeOptions } from './exchange.ts'
import { type StepManyOptions, stepMany } from './step-many.ts'
import { StreamSession } from './stream-session.ts'
import type {
  ActReply,
  ActRequest,
  CreateSession,
  Observations,
  PlanReply,
  PlanRequest,
  RolloutReply,
  RolloutRequest,
  StepManyReply,
  StreamedPart,
} from './types.ts'

export class DimaStream {
  private readonly exchange: Exchange

  private constructor(exchange: Exchange) {
    this.exchange = exchange
  }

  /** @param url of the server, http(s) or ws(s). Throws ConnectionError. */
  static async connect(url: string, options: ExchangeOptions = {}): Promise<DimaStream> {
    return new DimaStream(await Exchange.open(addressOf(url), options))
  }

  /** What is served and within which limits, as the latest connection told. */
  get metadata(): Metadata {
    return this.exchange.metadata
  }

  /** Any message; fails with ProblemError or ConnectionError. `signal` cancels it while it waits. */
  request<Reply>(type: Operation, fields: object, signal?: AbortSignal): Promise<Reply> {
    return this.exchange.ask(type, fields, { signal })
  }

  async create(options: CreateSession = {}): Promise<StreamSession> {
    return new StreamSession(this.exchange, await this.request('create', options))
  }

  /** A session that is open already, made here or elsewhere with the same key. */
  async session(id: string): Promise<StreamSession> {
    return new StreamSession(this.exchange, await this.exchange.ask('get', { session_id: id }))
  }

  async restore(snapshot: string): Promise<StreamSession> {
    return new StreamSession(this.exchange, await this.request('restore', { snapshot }))
  }

  /** One joint step of each of M sessions. @param actions [M, N, A]; undefined where a policy acts for all */
  stepMany(
    sessions: readonly StreamSession[],
    actions: number[][][] | undefined,
    options: StepManyOptions = {},
  ): Promise<StepManyReply> {
    return stepMany(this.exchange, sessions, actions, options)
  }

  /** What the model's own policy does: [A] by agent for observations [O], [B, A] for [B, O]. */
  act<Seen extends Observations>(request: ActRequest<Seen>, signal?: AbortSignal): Promise<ActReply<Seen>> {
    return this.request('act', request, signal)
  }

  /** The joint actions that the model expects most of, from a start or a session. */
  plan(request: PlanRequest, signal?: AbortSignal): Promise<PlanReply> {
    return this.request('plan', request, signal)
  }

  rollout(request: RolloutRequest, signal?: AbortSignal): Promise<RolloutReply> {
    return this.request('rollout', request, signal)
  }

  /** Step by step, as it is imagined: a start, a step for each t, an end. Leave the loop to stop it. */
  async *rolloutStream(request: RolloutRequest): AsyncGenerator<StreamedPart> {
    const parts: StreamedPart[] = []
    const stop = new AbortController()
    let wake = () => {}
    const onEvent = (event: unknown) => {
      parts.push(event as StreamedPart)
      wake()
    }
    const ended = this.exchange
      .ask<object>('rollout_stream', request, { signal: stop.signal, onEvent })
      .then((end) => onEvent({ ...end, type: 'end' }))
    const failed = ended.then(() => new Promise<never>(() => {})) // only ever rejects
    failed.catch(() => {}) // nobody listens any more when the loop has been left
    try {
      for (;;) {
        if (parts.length === 0) await Promise.race([failed, new Promise<void>((resolve) => (wake = resolve))])
        const part = parts.shift()!
        yield part
        if (part.type === 'end') return
      }
    } finally {
      stop.abort()
    }
  }

  /** Sessions stay open until they are idle too long; close them before if they are not needed. */
  close(): void {
    this.exchange.close()
  }
}

function addressOf(url: string): string {
  const address = new URL(url)
  address.protocol = address.protocol.replace('http', 'ws')
  if (!address.pathname.endsWith('/v1/stream'))
    address.pathname = `${address.pathname.replace(/\/$/, '')}/v1/stream`
  return address.href
}
