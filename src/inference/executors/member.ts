// One executor among the others: its place, what it does at the moment, and whether it may be given more.
import type { Executor } from './executor.ts'
import { Silence } from './silence.ts'

/** A live batch and a chunk of a rollout may be in one executor at once. */
export type Lane = 'live' | 'rollout'

export class Member {
  readonly index: number
  readonly executor: Executor
  /** the digest of what it computes */
  readonly busy: Record<Lane, string | undefined> = { live: undefined, rollout: undefined }
  readonly silence = new Silence()
  /** it has every model and answered its last canary */
  ready = false
  /** it starts, or loads a model */
  loading = true
  /** performance.now() */
  lastCanary = 0

  constructor(index: number, executor: Executor) {
    this.index = index
    this.executor = executor
  }

  get serves(): boolean {
    return this.ready && !this.loading
  }

  get idle(): boolean {
    return !this.busy.live && !this.busy.rollout
  }

  isFree(lane: Lane): boolean {
    return this.serves && this.executor.alive && !this.busy[lane]
  }

  /** It is taken for wedged. */
  kill(): void {
    this.ready = false
    if (this.executor.alive) this.executor.kill('wedged')
  }
}
