// Futures that fork from the present: as many sessions, stepped together, one joint step behind the imagined robot. N agents,
// A numbers of an action, J = N * A.

import type { DimaStream } from '../../client/stream.ts'
import type { StreamSession } from '../../client/stream-session.ts'
import type { Range } from '../actors/levels.ts'
import type { Body } from '../body/body.ts'
import { wayOf } from '../body/travel.ts'
import { GhostTape } from '../tape/ghost-tape.ts'
import { disagreement } from '../tape/measures.ts'
import type { Tape } from '../tape/tape.ts'

/** policy: it draws its actions, for each ghost others; luck: the same actions, other seeds; actions: the same seed, each ghost
 * pushes one joint more. */
export type Fork = 'policy' | 'luck' | 'actions'

/** Of half an action's range. */
const NUDGE = 0.5

export interface GhostSources {
  readonly stream: DimaStream
  readonly sessions: readonly StreamSession[]
  readonly kind: Fork
  readonly tape: Tape
  readonly body: Body | undefined
  readonly deviations: ArrayLike<number>
  readonly range: Range
  /** entries of the joint action that are numbers */
  readonly motors: readonly number[]
  /** hears of every entry, and with words of what went wrong, after which nothing follows */
  told(trouble?: string): void
}

export class GhostTrack {
  readonly tape: GhostTape
  readonly kind: Fork
  /** entries that are asked for and not there yet */
  behind = 0
  private readonly sources: GhostSources
  private living: number[]
  private last: Promise<void> = Promise.resolve()
  private closed = false

  constructor(sources: GhostSources) {
    const { sessions, tape, kind } = sources
    const from = tape.end - 1
    this.sources = sources
    this.kind = kind
    this.living = [...sessions.keys()]
    this.tape = new GhostTape(sessions.length, tape.stateLength, from)
    this.tape.append()
    for (const ghost of this.living)
      this.tape.set(from, ghost, tape.state(from), tape.at('x', from), tape.at('y', from), Number.NaN)
    this.tape.settle(from)
    tape.put('spread', from, 0)
  }

  /** @param actions [N][A] that led to the entry */
  follow(entry: number, actions: number[][]): void {
    this.behind++
    this.last = this.last
      .then(() => (this.closed ? undefined : this.step(entry, actions)))
      .catch((error: Error) => {
        if (!this.closed) this.sources.told(error.message)
        this.closed = true
      })
      .finally(() => this.behind--)
  }

  /** What a ghost does instead of what was done. */
  actionsOf(ghost: number, actions: number[][]): number[][] {
    const { kind, motors, range } = this.sources
    if (kind !== 'actions' || motors.length === 0) return actions
    const entry = motors[ghost % motors.length]!
    const sign = Math.floor(ghost / motors.length) % 2 === 0 ? 1 : -1
    const A = actions[0]!.length
    const push = (sign * NUDGE * (range.high - range.low)) / 2
    return actions.map((row, n) =>
      row.map((value, a) => (n * A + a === entry ? clip(value + push, range) : value)),
    )
  }

  close(): void {
    this.closed = true
    for (const session of this.sources.sessions) session.close().catch(() => {})
  }

  private async step(entry: number, actions: number[][]): Promise<void> {
    const { stream, sessions, kind, tape, deviations, told } = this.sources
    const asked = this.living
    if (asked.length > 0) {
      const reply = await stream.stepMany(
        asked.map((ghost) => sessions[ghost]!),
        kind === 'policy' ? undefined : asked.map((ghost) => this.actionsOf(ghost, actions)),
        kind === 'policy' ? { policy: { mode: 'sample' } } : {},
      )
      if (this.closed) return
      this.append(entry)
      for (const [row, ghost] of asked.entries())
        this.set(entry, ghost, reply.states[row]!, reply.rewards[row]!)
      for (const [row, ghost] of asked.entries()) if (reply.terminations[row]) this.tape.stop(ghost, entry)
      for (const { index } of reply.errors) this.tape.stop(asked[index]!, entry - 1)
      this.living = asked.filter((ghost) => this.tape.lives(ghost, entry + 1))
    } else this.append(entry)
    this.tape.settle(entry)
    tape.put('spread', entry, disagreement(this.tape, entry, deviations))
    told()
  }

  /** Whoever has ended stays where it was. */
  private append(entry: number): void {
    this.tape.append()
    for (let ghost = 0; ghost < this.tape.count; ghost++) {
      const { x, y } = this.tape.place(entry - 1, ghost)
      this.tape.set(entry, ghost, this.tape.state(entry - 1, ghost), x, y, Number.NaN)
    }
  }

  private set(entry: number, ghost: number, state: readonly number[], reward: number): void {
    const { body } = this.sources
    const before = this.tape.state(entry - 1, ghost)
    const { x, y } = this.tape.place(entry - 1, ghost)
    const way = (axis: 'x' | 'y') => wayOf(body, axis, before, state)
    this.tape.set(entry, ghost, state, x + way('x'), y + way('y'), reward)
  }
}

const clip = (value: number, { low, high }: Range): number => Math.max(low, Math.min(high, value))
