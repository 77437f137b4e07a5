// A live session on a socket.
import { ProblemError } from './errors.ts'
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

/** Steps that are kept to be taken again. */
const MOST_KEPT = 64

interface KeptStep {
  session_id: string
  step_id: number
  actions?: JointAction | undefined
}

/** The session stood at an older step than it was told, as after a store has lost some: its steps were taken again. */
export interface Rewound {
  /** the first and the last that were */
  from: number
  to: number
}

export interface StepOptions {
  /** the model's policy acts for these agents: actions are the others', undefined where it acts for all */
  policy?: Policy
  deadline_ms?: number
  signal?: AbortSignal
}

/** The step that the server says is next. */
function standsAt(error: unknown): number | undefined {
  if (!(error instanceof ProblemError) || error.problem.code !== 'step_out_of_order') return undefined
  const expected = error.problem.errors?.[0]?.expected
  return typeof expected === 'number' ? expected : undefined
}

/** Every method fails with ProblemError when the server refuses, with ConnectionError when there is none. */
export class StreamSession {
  readonly id: string
  readonly agents: readonly string[]
  /** as of create, reset or get */
  state: SessionState
  readonly steps: Steps
  /** called after steps were taken again, to the same numbers */
  onRewound: ((event: Rewound) => void) | undefined
  private readonly kept = new Map<number, KeptStep>()
  private rewinding: Promise<unknown> = Promise.resolve()
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
    this.kept.clear() // steps before it can't be taken again
    return this.keep(await this.ask('reset', options))
  }

  /**
   * Steps may be taken without waiting for the one before. When the connection is lost, a step is sent again and not
   * taken twice; of several in flight the server remembers the answer of the last it took.
   */
  async step(actions?: JointAction, { signal, ...options }: StepOptions = {}): Promise<StepReply> {
    const fields = this.beginStep(actions, options)
    try {
      const reply = await this.takeStep(fields, signal)
      this.steps.committed(reply.committed_step_id)
      return reply
    } finally {
      this.steps.end()
    }
  }

  /** What the next step is asked with, kept so that it can be taken again; `steps.end` has to follow. */
  beginStep(actions: JointAction | undefined, options: Omit<StepOptions, 'signal'>): KeptStep {
    const fields = { session_id: this.id, step_id: this.steps.begin(), actions, ...options }
    this.kept.set(fields.step_id, { ...fields, actions: structuredClone(actions) }) // the caller may use its arrays again
    this.kept.delete(fields.step_id - MOST_KEPT)
    return fields
  }

  /** Steps that the server has lost, this one with them. Whether it stands there now. */
  async takeAgainUpTo(step: number): Promise<boolean> {
    const fields = this.kept.get(step)
    if (!fields) return false
    return this.takeStep(fields, undefined).then(
      () => true,
      () => false,
    )
  }

  private async takeStep(fields: KeptStep, signal: AbortSignal | undefined): Promise<StepReply> {
    try {
      return await this.exchange.ask<StepReply>('step', fields, { signal })
    } catch (error) {
      const from = standsAt(error)
      if (from === undefined || !this.hasKept(from, fields.step_id)) throw error
    }
    // One after the other: later steps on their way were refused as well.
    const again = this.rewinding.then(() => this.takeAgain(fields, signal))
    this.rewinding = again.catch(() => {})
    return again
  }

  private async takeAgain(fields: KeptStep, signal: AbortSignal | undefined): Promise<StepReply> {
    const { step_id: to } = fields
    try {
      return await this.exchange.ask<StepReply>('step', fields, { signal })
    } catch (error) {
      const from = standsAt(error)
      if (from === undefined || !this.hasKept(from, to)) throw error
      for (let step = from; step < to; step++) await this.exchange.ask('step', this.kept.get(step)!)
      const reply = await this.exchange.ask<StepReply>('step', fields, { signal })
      if (from < to) this.onRewound?.({ from, to: to - 1 })
      return reply
    }
  }

  private hasKept(from: number, to: number): boolean {
    for (let step = from; step <= to; step++) if (!this.kept.has(step)) return false
    return from <= to
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
