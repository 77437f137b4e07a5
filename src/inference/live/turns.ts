// Requests of one session run one after the other, in the order of the calls. What may wait is bounded.
import { DimaError } from '../../common/errors.ts'

interface Waiting {
  run: () => void
  fail: (error: DimaError) => void
}

export class Turns {
  /** performance.now() when the last request came or ended */
  touched = performance.now()
  private running = false
  private ended: DimaError | undefined
  private readonly waiting: Waiting[] = []
  private readonly mostWaiting: number

  constructor(mostWaiting: number) {
    this.mostWaiting = mostWaiting
  }

  /** Whether a request is running; none waits otherwise. */
  get busy(): boolean {
    return this.running
  }

  touch(): void {
    this.touched = performance.now()
  }

  /** Throws DimaError `session_busy`, the reason of the end, and what `work` throws. */
  take<T>(work: () => Promise<T>): Promise<T> {
    this.touch()
    if (this.ended) return Promise.reject(this.ended)
    if (!this.running) return this.run(work)
    if (this.waiting.length >= this.mostWaiting) return Promise.reject(busy(this.waiting.length))
    return new Promise((resolve, reject) => {
      this.waiting.push({ run: () => this.run(work).then(resolve, reject), fail: reject })
    })
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    this.running = true
    try {
      return await work()
    } finally {
      this.running = false
      this.touch()
      this.waiting.shift()?.run()
    }
  }

  /** Throws the reason once it is over: what is still being computed must not be committed. */
  requireOpen(): void {
    if (this.ended) throw this.ended
  }

  /** Fails what waits, now, and whatever comes. */
  end(reason: DimaError): void {
    this.ended = reason
    for (const { fail } of this.waiting.splice(0)) fail(reason)
  }
}

const busy = (waiting: number): DimaError =>
  new DimaError('session_busy', `${waiting} requests of this session are waiting`, { retryAfterSeconds: 1 })
