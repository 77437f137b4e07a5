// A live session on a socket.
import type { Exchange } from './exchange.ts'
import type {
  Closed,
  ForkSession,
  JointAction,
  Policy,
  ResetSession,
  SessionState,
  Snapshot,
  StepReply,
} from './types.ts'

/** Numbers the steps of a session, those in flight included: a numbered step can be repeated safely. */
export class Steps {
  private last: number
  private inFlight = 0

  constructor(last: number) {
    this.last = last
  }

  /** The number of the next step. */
  begin(): number {
    this.inFlight++
    return this.last + this.inFlight
  }

  /** The server has told how far it is. */
  committed(step: number): void {
    this.last = Math.max(this.last, step)
  }

  end(): void {
    this.inFlight--
  }
}

export interface StepOptions {
  /** the model's policy acts for these agents: actions are the others', undefined where it acts for all */
  policy?: Policy
  deadline_ms?: number
  signal?: AbortSignal
}

/** Every method fails with ProblemError when the server refuses, with ConnectionError when there is none. */
export class StreamSession {
  readonly id: string
  readonly agents: readonly string[]
  /** as of create, reset or get */
  state: SessionState
  readonly steps: Steps
  private readonly exchange: Exchange

  constructor(exchange: Exchange, state: SessionState) {
    this.exchange = exchange
    this.id = state.session_id
    this.agents = state.agents
    this.state = state
    this.steps = new Steps(state.committed_step_id)
  }

  async get(): Promise<SessionState> {
    return this.keep(await this.ask('get'))
  }

  async reset(options: ResetSession = {}): Promise<SessionState> {
    return this.keep(await this.ask('reset', options))
  }

  /**
   * Steps may be taken without waiting for the one before. When the connection is lost, a step is sent again and not
   * taken twice; of several in flight the server remembers the answer of the last it took.
   */
  async step(actions?: JointAction, { signal, ...options }: StepOptions = {}): Promise<StepReply> {
    const fields = { session_id: this.id, step_id: this.steps.begin(), actions, ...options }
    try {
      const reply = await this.exchange.ask<StepReply>('step', fields, { signal })
      this.steps.committed(reply.committed_step_id)
      return reply
    } finally {
      this.steps.end()
    }
  }

  snapshot(): Promise<Snapshot> {
    return this.ask('snapshot')
  }

  /** Sessions that go on from where this one stands. */
  async fork(options: ForkSession = {}): Promise<StreamSession[]> {
    const { sessions } = await this.ask<{ sessions: SessionState[] }>('fork', options)
    return sessions.map((state) => new StreamSession(this.exchange, state))
  }

  close(): Promise<Closed> {
    return this.ask('close')
  }

  private ask<Reply>(type: 'get' | 'reset' | 'snapshot' | 'fork' | 'close', fields = {}): Promise<Reply> {
    return this.exchange.ask(type, { session_id: this.id, ...fields })
  }

  private keep(state: SessionState): SessionState {
    this.steps.committed(state.committed_step_id)
    this.state = state
    return state
  }
}
