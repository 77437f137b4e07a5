// Hostile clients that come again and again, and a pause in which nobody comes.
import type { Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { Rng } from '../../src/common/rng.ts'
import * as hostile from './hostile.ts'
import { modelOf } from './model.ts'

/** Stops everyone for a moment, so that memory is read without requests under way. */
export class Pause {
  private closed: Promise<void> = Promise.resolve()
  private open: () => void = () => {}

  passed(): Promise<void> {
    return this.closed
  }

  begin(): void {
    this.closed = new Promise((resolve) => {
      this.open = resolve
    })
  }

  end(): void {
    this.open()
  }
}

/** Those that leave their connection open give it to us. */
type Visit = (visitor: hostile.Visitor) => Promise<Socket | undefined>

/** Milliseconds between two visits of a kind. */
const VISITS: [name: keyof typeof hostile & string, everyMs: number][] = [
  ['vanish', 150],
  ['halfOpen', 1000],
  ['readSlowly', 4000],
  ['abandon', 100],
  ['branch', 500],
  ['giveUp', 700],
  ['cancel', 1000],
  ['storm', 5000],
]

export class Guests {
  readonly visits: Record<string, number> = {}
  readonly surprises: string[] = []
  private readonly url: string
  private readonly pause: Pause
  private readonly ending: AbortSignal
  private readonly held: Socket[] = []

  constructor(url: string, pause: Pause, ending: AbortSignal) {
    this.url = url
    this.pause = pause
    this.ending = ending
  }

  /** One that comes again and again for each kind of visit. */
  async invite(seed: number): Promise<Promise<void>[]> {
    const { url } = this
    const { agents, A, S } = await modelOf({ url })
    const visitor = {
      address: { url },
      action: agents.map(() => Array<number>(A).fill(0.1)), // [N, A]
      state: Array<number>(S).fill(0),
    }
    return VISITS.map(([name, everyMs]) =>
      this.comeAgain(name, everyMs, { ...visitor, rng: new Rng(seed, name) }),
    )
  }

  leave(): void {
    for (const socket of this.held.splice(0)) socket.destroy()
  }

  private async comeAgain(name: string, everyMs: number, visitor: hostile.Visitor): Promise<void> {
    const visit = (hostile as unknown as Record<string, Visit>)[name]!
    const visits: Promise<void>[] = []
    while (!this.ending.aborted) {
      await this.pause.passed()
      this.visits[name] = (this.visits[name] ?? 0) + 1
      const visited = visit(visitor).then(
        (socket) => this.hold(socket),
        (error: unknown) => this.note(name, error),
      )
      visits.push(visited)
      if (visits.length > 100) await Promise.all(visits.splice(0))
      await after(everyMs * (0.5 + visitor.rng.uniform()))
    }
    await Promise.all(visits)
  }

  /** Longer than the server should bear it. */
  private hold(socket: Socket | undefined): void {
    if (!socket) return
    this.held.push(socket)
    if (this.held.length > 20) this.held.shift()!.destroy()
  }

  private note(name: string, error: unknown): void {
    if (!hostile.isExpected(error)) this.surprises.push(`${name}: ${error}`)
  }
}
