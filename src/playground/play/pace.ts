// Time: how far the drawing has come, and when another step is asked for. Steps go at the model's rate, drawing in between
// at the display's; two steps are in flight at most, so that a slow server slows the robot and nothing queues.

const MOST_IN_FLIGHT = 2
/** A frame that took longer, say in a hidden tab, is no reason to catch up. */
const LONGEST_FRAME_MS = 100
/** Over which the real-time factor is measured. */
const FACTOR_MS = 1000

export class Pace {
  /** entries drawn so far; between two entries a fraction */
  playhead = 0
  speed = 1
  readonly stepSeconds: number
  private readonly stepMs: number
  private last: number | undefined
  private latency = 0
  private window = { since: 0, from: 0 }
  private measured: number | undefined

  constructor(stepSeconds: number) {
    this.stepSeconds = stepSeconds
    this.stepMs = 1000 * stepSeconds
  }

  /** @param now ms @param latest the last entry that there is. Returns whether the playhead has moved. */
  advance(now: number, latest: number): boolean {
    const passed = Math.min(LONGEST_FRAME_MS, now - (this.last ?? now))
    this.last = now
    const before = this.playhead
    this.playhead = Math.min(Math.max(before, latest), before + (passed * this.speed) / this.stepMs)
    this.measure(now)
    return this.playhead !== before
  }

  /** What comes next is not a frame after the last one. */
  pause(): void {
    this.last = undefined
    this.measured = undefined
    this.window = { since: 0, from: 0 }
  }

  seek(entry: number): void {
    this.playhead = entry
    this.window = { since: 0, from: 0 }
  }

  /** @param asked the last entry that was asked for */
  wants(asked: number, inFlight: number): boolean {
    const ahead = 1 + Math.min(1, (this.latency * this.speed) / this.stepMs)
    return inFlight < MOST_IN_FLIGHT && asked - this.playhead < ahead
  }

  /** How long an answer took. */
  answered(ms: number): void {
    this.latency += 0.1 * (ms - this.latency)
  }

  /** Seconds of the robot in a second of ours, while playing. */
  get factor(): number | undefined {
    return this.measured
  }

  private measure(now: number): void {
    const { since, from } = this.window
    if (since && now - since < FACTOR_MS) return
    if (since && now - since < 2 * FACTOR_MS)
      this.measured = ((this.playhead - from) * this.stepMs) / (now - since)
    this.window = { since: now, from: this.playhead }
  }
}
