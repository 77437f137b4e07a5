// Watches executors: ends those that are silent for too long, and lets those that are idle prove that they can compute.
import type { Logger } from '../../common/logger.ts'
import type { Member } from './member.ts'
import { BUSY, type Patience } from './silence.ts'
import { vitalsOf } from './vitals.ts'

/** How often silence is looked for. */
const WATCH_MS = 100

export interface WatchOptions {
  /** those that are looked at */
  members: ReadonlySet<Member>
  /** processor time of a silence after which a working executor counts as wedged */
  timeoutMs: number
  /** the same while it starts or loads a model */
  loadTimeoutMs: number
  /** between two proofs of an idle one that it can compute */
  canaryEveryMs: number
  logger: Logger
  /** One was ended while it computed. */
  onWedged: (busy: Member['busy'], now: number) => void
}

export class Watch {
  private readonly options: WatchOptions
  private timer: NodeJS.Timeout | undefined

  constructor(options: WatchOptions) {
    this.options = options
  }

  start(): void {
    let last = performance.now()
    const look = () => {
      const now = performance.now()
      const late = now - last > 5 * WATCH_MS // then this process heard nothing because it did not listen
      last = now
      if (late) return
      for (const member of this.options.members) this.look(member, now)
    }
    this.timer = setInterval(look, WATCH_MS).unref()
  }

  stop(): void {
    clearInterval(this.timer)
  }

  /** Ends one that is taken for wedged; says what may be set when that happens to those that only have much to do. */
  end(member: Member): void {
    if (!member.executor.alive) return
    const { timeoutMs, loadTimeoutMs, logger } = this.options
    const limit = member.loading
      ? { setting: 'EXECUTOR_LOAD_SECONDS', limitMs: loadTimeoutMs }
      : { setting: 'EXECUTOR_TIMEOUT_MS', limitMs: timeoutMs }
    logger.error(limit, `an executor was silent for too long (${limit.setting}); ending it`)
    member.kill()
  }

  private look(member: Member, now: number): void {
    const { executor, silence, busy, serves } = member // a second look may find it before it is gone
    const vitals = () => vitalsOf(executor.pid)
    const cause = silence.tooLong(now, executor.lastHeard, vitals, this.patience(member))
    if (cause) {
      this.end(member)
      if (serves && cause === 'computing') this.options.onWedged(busy, now)
    } else if (serves && member.idle && now - member.lastCanary >= this.options.canaryEveryMs) {
      member.lastCanary = now
      executor.call('canary', {}).catch(() => member.kill())
    }
  }

  private patience({ loading }: Member): Patience {
    const { timeoutMs, loadTimeoutMs } = this.options
    return loading
      ? { computingMs: loadTimeoutMs, stoppedMs: timeoutMs, idleMs: loadTimeoutMs, mostMs: loadTimeoutMs }
      : { computingMs: timeoutMs, stoppedMs: timeoutMs, idleMs: timeoutMs, mostMs: BUSY * timeoutMs }
  }
}
