// Episodes of one session: steps are asked for, written onto the tape, and asked for again when the server was full or gone.
// N agents, A numbers of an action.
import type { DimaStream } from '../../client/stream.ts'
import type { StreamSession } from '../../client/stream-session.ts'
import type { StepReply } from '../../client/types.ts'
import { actionsOf } from '../actors/levels.ts'
import type { Mixed } from '../actors/mixer.ts'
import { Condition, type Phase } from './condition.ts'
import { Connection } from './connection.ts'
import { Flight } from './flight.ts'
import { InTurn } from './in-turn.ts'
import type { Terms } from './live.ts'
import type { Parts } from './parts.ts'
import { patiently } from './patience.ts'
import type { Place } from './place.ts'
import { type StartChoice, startOf } from './starts.ts'
import { type Trouble, troubleOf } from './troubles.ts'
import { written } from './written.ts'

/** Steps between two snapshots, after which less has to be done again. */
const SAVE_EVERY = 200

export interface RunListener {
  /** an episode begins at an entry */
  began(entry: number): void
  /** a step has led to an entry, with the actions [N][A] that were taken */
  stepped(entry: number, actions: number[][], ms: number): void
  /** what was asked for and not taken */
  notTaken(steps: readonly Mixed[]): void
  /** phase or notice is another */
  changed(): void
}

export class Run {
  readonly flight = new Flight()
  /** counts on with every episode */
  episode = 0
  private closed = false
  private readonly condition: Condition
  private readonly connection: Connection
  /** what makes or changes the session */
  private readonly turns = new InTurn()
  private readonly parts: Parts
  private readonly listener: RunListener

  constructor(parts: Parts, listener: RunListener) {
    this.parts = parts
    this.listener = listener
    this.condition = new Condition(() => listener.changed())
    this.connection = new Connection(parts.outside, parts.mixer)
  }

  get phase(): Phase {
    return this.condition.phase
  }

  /** What went wrong, or is worth saying. */
  get notice(): string {
    return this.condition.notice
  }

  get stream(): DimaStream | undefined {
    return this.connection.stream
  }

  /** The last entry that was asked for. */
  get asked(): number {
    return this.parts.tape.end - 1 + this.flight.steps.length
  }

  say(notice: string): void {
    this.condition.say(notice)
  }

  /** An episode. Returns when it has begun, or never will. */
  async begin(terms: Terms, choice: StartChoice, seed: number, place: Place): Promise<void> {
    if (this.closed) return
    this.episode++
    const turn = this.flight.leave()
    this.condition.enter(this.stream ? 'starting' : 'connecting')
    await this.patiently(turn, async () => {
      const live = await this.connection.open()
      const begin = { seed, start: startOf(choice, this.parts.model) }
      const begun = await this.turns.do(async () =>
        turn === this.flight.turn ? live.begin(terms, begin) : undefined,
      )
      if (!begun || turn !== this.flight.turn) return
      this.flight.begin(choice, seed)
      this.listener.began(this.parts.tape.begin(begun.state, place.x, place.y))
      this.condition.enter('ready', '')
    })
  }

  step(next: Mixed): void {
    const { flight } = this
    const { outside } = this.parts
    flight.ask(next)
    const { turn } = flight
    const asked = outside.now()
    this.connection.live!.step(next).then(
      (reply) => {
        if (turn === flight.turn) this.take(reply, next, outside.now() - asked)
      },
      (error) => {
        if (turn === flight.turn) void this.recover(error)
      },
    )
  }

  /** A snapshot, for when the session has ended. */
  async save(): Promise<void> {
    if (this.phase === 'ready') await this.connection.live!.save().catch(() => {})
  }

  /** Sessions that go on from here. Throws ProblemError, ConnectionError. */
  fork(count: number, seeds: readonly number[] | undefined): Promise<StreamSession[]> {
    return this.connection.live!.fork(count, seeds)
  }

  /** When nothing is in flight. */
  async settled(): Promise<void> {
    const stirs = () => this.flight.steps.length > 0 || this.phase === 'starting' || this.phase === 'waiting'
    while (!this.closed && stirs()) await this.parts.outside.sleep(5)
  }

  actions(levels: Uint8Array): number[][] {
    const { mixer, model } = this.parts
    return actionsOf(levels, mixer.range, model.agents.length)
  }

  close(): void {
    this.closed = true
    this.flight.turn++
    this.connection.close()
  }

  private take(reply: StepReply, { levels }: Mixed, ms: number): void {
    const { flight } = this
    flight.take()
    const { entry, actions } = written(this.parts, reply, levels)
    if (reply.terminated || reply.truncated) {
      this.drop()
      this.condition.ends(flight.taken)
    }
    this.listener.stepped(entry, actions, ms)
    if (flight.taken % SAVE_EVERY === 0) void this.save()
  }

  /** A step has failed: those behind it have, too. */
  private async recover(error: unknown): Promise<void> {
    this.drop()
    const { turn, done } = this.flight
    let told = false
    const recovered = await this.patiently(turn, async () => {
      const first = !told
      told = true
      if (first) throw error
      if (troubleOf(error).kind === 'busy') return
      const { live } = this.connection
      await this.turns.do(async () => (turn === this.flight.turn ? live!.remake(done) : undefined))
    })
    if (recovered && turn === this.flight.turn) this.condition.enter('ready', '')
  }

  private drop(): void {
    this.listener.notTaken(this.flight.drop())
  }

  private patiently(turn: number, work: () => Promise<void>): Promise<boolean> {
    return patiently(work, {
      sleep: (ms) => this.parts.outside.sleep(ms),
      wanted: () => turn === this.flight.turn,
      waits: (trouble) => this.wait(trouble),
      fails: (trouble) => this.condition.fails(trouble),
    })
  }

  private wait(trouble: Trouble): void {
    if (trouble.kind !== 'busy') this.connection.live?.leave()
    this.condition.waits(trouble)
  }
}
