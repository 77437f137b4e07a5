// Gives what waits to executors that are free, as soon as both are there.
import type { BatchQueue } from './batch-queue.ts'
import type { Lane, Member } from './member.ts'
import type { Members } from './members.ts'
import type { RolloutQueue } from './rollout-queue.ts'
import type { Work } from './work.ts'

/** An execution: one batch of live rows, or one chunk of a rollout. */
export interface Execution {
  digest: string
  kind: 'step' | 'rollout'
  rows: number
  computeMs: number
  /** what computed it: cpu, webgpu, cuda:1 */
  device: string
}

/** How often deadlines and cancellations of waiting work are looked at. */
const SWEEP_MS = 25

export class Dispatcher {
  private readonly members: Members
  private readonly live: BatchQueue
  private readonly rollouts: RolloutQueue
  private readonly executed: (execution: Execution) => void
  private readonly sweeping: NodeJS.Timeout
  private waking: NodeJS.Timeout | undefined
  private soon = false

  /** @param executed is told of every execution that gave a result */
  constructor(
    members: Members,
    live: BatchQueue,
    rollouts: RolloutQueue,
    executed: (execution: Execution) => void,
  ) {
    this.members = members
    this.live = live
    this.rollouts = rollouts
    this.executed = executed
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS).unref()
  }

  /** After everything that arrived in this turn of the event loop: a frame may bring a whole batch. */
  dispatchSoon(): void {
    if (this.soon) return
    this.soon = true
    setImmediate(() => {
      this.soon = false
      this.dispatch()
    })
  }

  dispatch(): void {
    if (this.members.closed) return
    const now = performance.now()
    this.fill('live', (idle) => this.live.take(idle, now))
    this.fill('rollout', () => this.rollouts.take())
    const due = this.live.due(now)
    if (due === undefined || due === 0) return // nothing waits, or it waits for an executor
    clearTimeout(this.waking)
    this.waking = setTimeout(() => this.dispatch(), due).unref()
  }

  stop(): void {
    clearInterval(this.sweeping)
    clearTimeout(this.waking)
  }

  private fill(lane: Lane, take: (idle: number) => Work | undefined): void {
    const free = this.members.free(lane)
    free.forEach((member, i) => {
      const work = take(free.length - i)
      if (work) this.give(member, lane, work)
    })
  }

  private give(member: Member, lane: Lane, { digest, rows, run }: Work): void {
    const kind = lane === 'live' ? 'step' : 'rollout'
    void this.members.work(member, lane, digest, async (executor) => {
      const computeMs = await run(executor)
      const { device = 'cpu' } = executor
      if (computeMs !== undefined) this.executed({ digest, kind, rows, computeMs, device })
    })
  }

  private sweep(): void {
    const now = performance.now()
    const isLoaded = (digest: string) => this.members.wanted.has(digest)
    this.live.sweep(now, isLoaded)
    this.rollouts.sweep(now, isLoaded)
  }
}
