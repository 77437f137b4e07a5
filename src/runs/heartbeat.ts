// Says again what goes on while nothing else is heard of it: the same words with how long it has been so. Whoever shows it
// shows it as seldom as he likes.
import { duration } from './progress.ts'

const EVERY_MS = 1000
/** What takes less needs no second word. */
const LEAST_SECONDS = 2

export class Heartbeat {
  private readonly now: () => number
  private timer: NodeJS.Timeout | undefined
  private label = ''
  private since = 0
  private say: (label: string) => void = () => {}

  /** @param now milliseconds */
  constructor(now = () => performance.now()) {
    this.now = now
  }

  /**
   * What goes on from now on.
   * @param label the same one as before goes on, and counts from its beginning
   * @param say is called every second with the label and for how long
   */
  on(label: string, say: (label: string) => void): void {
    if (label !== this.label) this.since = this.now()
    this.label = label
    this.say = say
    this.timer ??= setInterval(() => this.beat(), EVERY_MS).unref() // it is no reason to go on
  }

  /** Nothing goes on any more. */
  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
    this.label = ''
  }

  private beat(): void {
    const seconds = (this.now() - this.since) / 1000
    if (seconds >= LEAST_SECONDS) this.say(`${this.label} for ${duration(seconds)}`)
  }
}

/** Does something that says nothing of itself, with a status for as long as it takes. */
export async function withStatus<T>(
  { status }: { status(text: string): void },
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  const heartbeat = new Heartbeat()
  status(label)
  heartbeat.on(label, status)
  try {
    return await work()
  } finally {
    heartbeat.stop()
  }
}
