// Episodes of one session: steps are asked for, taken onto the tape, and asked for again when the server was full or gone.
// N agents, A numbers of an action.
import type { ModelDetail } from '../../api/models.ts'
import type { DimaStream } from '../../client/stream.ts'
import type { StreamSession } from '../../client/stream-session.ts'
import type { StepReply } from '../../client/types.ts'
import { actionsOf } from '../actors/levels.ts'
import type { Mixed, Mixer } from '../actors/mixer.ts'
import { isPolicy } from '../actors/policy.ts'
import type { Body } from '../body/body.ts'
import { wayOf } from '../body/travel.ts'
import type { Tape } from '../tape/tape.ts'
import { InTurn } from './in-turn.ts'
import { Live, type Terms } from './live.ts'
import type { Outside } from './outside.ts'
import { patiently } from './patience.ts'
import { Recording } from './recording.ts'
import { type StartChoice, startOf } from './starts.ts'
import { type Trouble, troubleOf } from './troubles.ts'

/** connecting: to the server; starting: an episode; waiting: for the server; failed: for good. */
export type Phase = 'connecting' | 'starting' | 'ready' | 'waiting' | 'over' | 'failed'

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

export interface RunParts {
  readonly model: ModelDetail
  readonly body: Body | undefined
  readonly mixer: Mixer
  readonly tape: Tape
  readonly outside: Outside
}

export interface Place {
  readonly x: number
  readonly y: number
}

export class Run {
  readonly recording = new Recording()
  phase: Phase = 'connecting'
  /** what went wrong, or is worth saying */
  notice = ''
  stream: DimaStream | undefined
  private live: Live | undefined
  /** steps of this episode that were taken */
  private taken = 0
  /** steps that were asked for and not answered yet, oldest first */
  inFlight: Mixed[] = []
  /** counts on with every episode */
  episode = 0
  /** counts on when what is in flight is of no interest any more */
  private turn = 0
  private closed = false
  private connecting: Promise<void> | undefined
  /** what makes or changes the session */
  private readonly turns = new InTurn()
  private readonly model: ModelDetail
  private readonly body: Body | undefined
  private readonly mixer: Mixer
  private readonly tape: Tape
  private readonly outside: Outside
  private readonly listener: RunListener

  constructor({ model, body, mixer, tape, outside }: RunParts, listener: RunListener) {
    this.model = model
    this.body = body
    this.mixer = mixer
    this.tape = tape
    this.outside = outside
    this.listener = listener
  }

  /** An episode. Returns when it has begun, or never will. */
  async begin(terms: Terms, choice: StartChoice, seed: number, place = this.lastPlace()): Promise<void> {
    if (this.closed) return
    this.episode++
    const turn = ++this.turn
    this.inFlight = []
    this.enter(this.stream ? 'starting' : 'connecting')
    await this.patiently(turn, async () => {
      await this.connect()
      const begin = { seed, start: startOf(choice, this.model) }
      const begun = await this.turns.do(async () =>
        turn === this.turn ? this.live!.begin(terms, begin) : undefined,
      )
      if (!begun || turn !== this.turn) return
      this.recording.begin(choice, seed)
      this.taken = 0
      this.notice = ''
      this.listener.began(this.tape.begin(begun.state, place.x, place.y))
      this.enter('ready')
    })
  }

  /** The last entry that was asked for. */
  get asked(): number {
    return this.tape.end - 1 + this.inFlight.length
  }

  step(next: Mixed): void {
    this.recording.add(next)
    this.inFlight.push(next)
    const { turn } = this
    const asked = this.outside.now()
    this.live!.step(next).then(
      (reply) => {
        if (turn === this.turn) this.take(reply, next, this.outside.now() - asked)
      },
      (error) => {
        if (turn === this.turn) void this.recover(error)
      },
    )
  }

  /** A snapshot, for when the session has ended. */
  async save(): Promise<void> {
    if (this.phase === 'ready') await this.live!.save().catch(() => {})
  }

  /** Sessions that go on from here. Throws ProblemError, ConnectionError. */
  fork(count: number, seeds: readonly number[] | undefined): Promise<StreamSession[]> {
    return this.live!.fork(count, seeds)
  }

  /** When nothing is in flight. */
  async settled(): Promise<void> {
    while (
      !this.closed &&
      (this.inFlight.length > 0 || this.phase === 'starting' || this.phase === 'waiting')
    )
      await this.outside.sleep(5)
  }

  say(notice: string): void {
    this.notice = notice
    this.listener.changed()
  }

  actions(levels: Uint8Array): number[][] {
    return actionsOf(levels, this.mixer.range, this.model.agents.length)
  }

  close(): void {
    this.closed = true
    this.turn++
    this.live?.leave()
    this.stream?.close()
  }

  private take(reply: StepReply, { levels }: Mixed, ms: number): void {
    const { tape, body } = this
    this.inFlight.shift()
    this.taken++
    const last = tape.end - 1
    const way = (axis: 'x' | 'y') => tape.at(axis, last) + wayOf(body, axis, tape.state(last), reply.state)
    const actions = this.takenActions(reply, levels)
    const { reward, termination_probability: end } = reply
    const entry = tape.step(reply.state, way('x'), way('y'), { actions: actions.flat(), reward, end })
    if (reply.terminated || reply.truncated) this.end()
    this.listener.stepped(entry, actions, ms)
    if (this.taken % SAVE_EVERY === 0) void this.save()
  }

  /** [N][A], of the policy as the server told. */
  private takenActions({ actions }: StepReply, levels: Uint8Array): number[][] {
    if (!actions) return this.actions(levels)
    const all = this.model.agents.map(({ name }) => actions[name]!)
    for (const [agent, row] of all.entries())
      if (isPolicy(this.mixer.actors[agent]!)) this.mixer.show(agent, row)
    return all
  }

  private end(): void {
    this.drop()
    this.phase = 'over'
    this.say(`The episode ended after ${this.taken} ${this.taken === 1 ? 'step' : 'steps'}`)
  }

  /** A step has failed: those behind it have, too. */
  private async recover(error: unknown): Promise<void> {
    this.drop()
    const { turn } = this
    const steps = this.recording.segments.at(-1)!.steps.slice(0, this.taken)
    let told = false
    const done = await this.patiently(turn, async () => {
      const first = !told
      told = true
      if (first) throw error
      if (troubleOf(error).kind === 'busy') return
      await this.turns.do(async () => (turn === this.turn ? this.live!.remake(steps) : undefined))
    })
    if (!done || turn !== this.turn) return
    this.notice = ''
    this.enter('ready')
  }

  private drop(): void {
    this.turn++
    const dropped = this.inFlight.splice(0)
    this.recording.cut(this.taken)
    this.listener.notTaken(dropped)
  }

  private patiently(turn: number, work: () => Promise<void>): Promise<boolean> {
    return patiently(work, {
      sleep: (ms) => this.outside.sleep(ms),
      wanted: () => turn === this.turn,
      waits: (trouble) => this.wait(trouble),
      fails: (trouble) => this.fail(trouble),
    })
  }

  private wait(trouble: Trouble): void {
    if (trouble.kind !== 'busy') this.live?.leave()
    this.phase = 'waiting'
    this.say(trouble.text)
  }

  private fail({ text }: Trouble): void {
    this.phase = 'failed'
    this.say(text)
  }

  private enter(phase: Phase): void {
    this.phase = phase
    this.listener.changed()
  }

  private lastPlace(): Place {
    const last = this.tape.end - 1
    return last < 0 ? { x: 0, y: 0 } : { x: this.tape.at('x', last), y: this.tape.at('y', last) }
  }

  private connect(): Promise<void> {
    this.connecting ??= this.outside.connect().then(
      (stream) => this.connected(stream),
      (error) => {
        this.connecting = undefined
        throw error
      },
    )
    return this.connecting
  }

  private connected(stream: DimaStream): void {
    this.stream = stream
    this.live = new Live(stream, this.mixer)
    if (this.closed) stream.close()
  }
}
