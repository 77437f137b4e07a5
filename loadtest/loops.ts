// The two ways to load a target. Closed loop: every slot sends again when it is answered, so a slow server is asked
// less. Open loop: requests are due by a schedule whatever the server does, and latency counts from when they were due:
// a server that stalls does not keep its own bad figures out of the result (coordinated omission).
import { setTimeout as sleep } from 'node:timers/promises'
import type { Samples } from './samples.ts'
import type { Answer, Target } from './target.ts'

export interface Loop {
  /** Sends nothing more; resolves when all is answered, or after `patienceMs`. */
  stop(patienceMs: number): Promise<void>
}

/** What a caller in a closed loop waits after a refusal: one that hammered would measure how fast it is refused. */
const PAUSE_MS = 100

export function closedLoop(target: Target, samples: Samples, slots = target.slots): Loop {
  const traffic = new Traffic(target, samples)
  const again = (slot: number) => {
    const now = performance.now()
    traffic.send(slot, now, now, ({ code }) => {
      if (traffic.stopped || code === 'lost') return
      if (code === 'ok') again(slot)
      else setTimeout(() => traffic.stopped || again(slot), PAUSE_MS)
    })
  }
  for (let slot = 0; slot < slots; slot++) again(slot)
  return traffic
}

/** @param gap milliseconds to the next request. Slots take turns. */
export function openLoop(target: Target, samples: Samples, gap: () => number): Loop {
  const traffic = new Traffic(target, samples)
  let due = performance.now() + gap()
  let slot = 0
  const sendDue = () => {
    if (traffic.stopped) return
    const now = performance.now()
    for (; due <= now; due += gap()) traffic.send(slot++ % target.slots, due, now)
    setTimeout(sendDue, due - now) // one timer for all
  }
  sendDue()
  return traffic
}

class Traffic implements Loop {
  stopped = false
  private readonly target: Target
  private readonly samples: Samples
  private underWay = 0
  private whenSettled: () => void = () => {}

  constructor(target: Target, samples: Samples) {
    this.target = target
    this.samples = samples
  }

  send(slot: number, due: number, now: number, then: (answer: Answer) => void = () => {}): void {
    const index = this.samples.begin(due, now)
    this.underWay++
    this.target.send(slot, (answer) => {
      this.samples.end(index, answer)
      this.underWay--
      then(answer)
      if (this.stopped && this.underWay === 0) this.whenSettled()
    })
  }

  async stop(patienceMs: number): Promise<void> {
    this.stopped = true
    if (this.underWay === 0) return
    const patience = new AbortController()
    const settled = new Promise<void>((resolve) => (this.whenSettled = resolve))
    await Promise.race([settled, sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => {})])
    patience.abort()
  }
}
