// One timer for all sockets. Each is visited once in a period, a twentieth of them at a time: thousands of pings at
// once would hold up the event loop.
const PARTS = 20

interface Beating {
  beat(): Promise<void>
}

export class Heartbeat {
  private readonly parts = Array.from({ length: PARTS }, () => new Set<Beating>())
  private readonly timer: NodeJS.Timeout | undefined
  private added = 0
  private next = 0

  /** @param seconds 0: never */
  constructor(seconds: number) {
    if (seconds > 0) this.timer = setInterval(() => this.tick(), (seconds * 1000) / PARTS).unref()
  }

  add(one: Beating): void {
    this.parts[this.added++ % PARTS]!.add(one)
  }

  remove(one: Beating): void {
    for (const part of this.parts) part.delete(one)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private tick(): void {
    for (const one of this.parts[this.next]!) void one.beat()
    this.next = (this.next + 1) % PARTS
  }
}
