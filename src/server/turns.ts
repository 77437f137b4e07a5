// Work that comes in from many connections, done a slice in each turn of the event loop. One write of a client holds
// thousands of messages, and whoever has sent a single one should not wait for all of them: connections take turns.

/** Pieces of work in one turn of the event loop, and milliseconds after which no other is begun. */
const MOST_PIECES = 64
const MOST_MS = 5

export interface Busy {
  /** Does one piece. Returns whether there is another to do. */
  work(): boolean
}

export class Turns {
  private readonly waiting = new Set<Busy>() // in the order in which they are to work
  private pieces = 0
  private began = 0
  private scheduled = false

  /** Has a piece of its work done: at once where this turn has room for it, else in one of the next. */
  offer(one: Busy): void {
    if (this.waiting.size === 0 && this.hasRoom()) this.run(one)
    else this.waiting.add(one)
    this.schedule()
  }

  /** Gives up the turn of work that is no longer wanted. */
  remove(one: Busy): void {
    this.waiting.delete(one)
  }

  private hasRoom(): boolean {
    if (this.pieces === 0) this.began = performance.now()
    return this.pieces < MOST_PIECES && performance.now() - this.began < MOST_MS
  }

  private run(one: Busy): void {
    this.pieces++
    if (one.work()) this.waiting.add(one)
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(() => this.turn())
  }

  private turn(): void {
    this.scheduled = false
    this.pieces = 0
    for (const one of this.waiting) {
      if (!this.hasRoom()) break
      this.waiting.delete(one)
      this.run(one)
    }
    if (this.waiting.size > 0) this.schedule()
    else this.pieces = 0
  }
}
