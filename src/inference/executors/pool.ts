// The executors of a server and the work that waits for them: live steps in shared batches, rollouts in chunks. Both
// may be in an executor at once, so a long rollout never makes a live step wait for more than one run of a graph.

import { DimaError } from '../../common/errors.ts'
import { cardAt, deviceName, ON_CPU, type Placement } from '../../engine/device.ts'
import type { GraphSessionOptions } from '../../engine/session.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Seen } from '../../worlds/acting.ts'
import { memoriesOf } from '../../worlds/kind-of.ts'
import type { LiveRow, StepOutcome } from '../../worlds/live.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import type { Begun, StartWindow } from '../../worlds/starts.ts'
import type { WorldSpec } from '../../worlds/world.ts'
import type { Decided, Runner, WorkOptions } from '../runner.ts'
import { Admission } from './admission.ts'
import { BatchQueue } from './batch-queue.ts'
import { choiceText } from './choice-text.ts'
import { Dispatcher, type Execution } from './dispatcher.ts'
import { startExecutor } from './executor.ts'
import { actsOf, startsOf, stepsOf } from './live-runs.ts'
import { readBundle } from './loaded-bundle.ts'
import { Members } from './members.ts'
import type { LoadedBundle, RefusedBundle } from './messages.ts'
import type { PoolOptions } from './pool-options.ts'
import { PROOF_LIMITS, type Proof, type Prove, proveIn } from './proof.ts'
import { RolloutQueue } from './rollout-queue.ts'

export interface PoolStats {
  pendingSteps: number
  pendingRollouts: number
  executorsReady: number
  executorsStarting: number
}

export interface ExecutorPool extends Runner {
  /** Of the bundles that were given at the start; work with one fails with `invalid_bundle`. */
  readonly refused: readonly RefusedBundle[]
  /**
   * Proves a bundle and loads it into every executor, one after the other: the start states it brings, or why it can't
   * be served. Throws the signal's reason when that aborts while it is proven.
   */
  load(bundle: Bundle, signal?: AbortSignal): Promise<Proof>
  /** Forgets a bundle; work that is under way with it is finished. */
  unload(digest: string): Promise<void>
  /** Tells of bundles that were loaded and can't be any more. */
  onRefused(listener: (refused: RefusedBundle) => void): void
  /** At least one executor is up, has every model and computed lately what it should. */
  ready(): boolean
  executors(): { ready: number; total: number; device: string }
  stats(): PoolStats
  /** Ends every executor; work that is not finished fails. */
  close(): Promise<void>
}

/** Starts the executors and waits until all have loaded every bundle that can be loaded. */
export async function startExecutorPool(options: PoolOptions): Promise<ExecutorPool> {
  const pool = new Pool(options)
  await pool.start()
  return pool
}

class Pool implements ExecutorPool {
  refused: readonly RefusedBundle[] = []
  private readonly options: PoolOptions
  private readonly on: Placement
  private readonly members: Members
  private readonly live: BatchQueue
  private readonly rollouts: RolloutQueue
  private readonly dispatcher: Dispatcher
  private readonly prove: Prove
  private readonly listeners: ((refused: RefusedBundle) => void)[] = []

  constructor(options: PoolOptions) {
    const { kinds, executors, logger, on = ON_CPU } = options
    const { policy } = on
    const { maxBatchSize = policy.stepRows, maxQueueDelayMs = policy.stepDelayMs } = options
    const { maxStepQueueMs = 1000, maxRolloutQueueMs = 10_000 } = options
    const { executorTimeoutMs = policy.runTimeoutMs, executorLoadMs = 120_000 } = options
    this.options = options
    this.on = on
    this.prove = options.prove ?? proveIn(kinds, PROOF_LIMITS, logger, sessionAt(on, 0))
    const wrote = (text: string) => logger.info({ text }, 'an executor wrote')
    this.members = new Members({
      executors,
      logger,
      timeoutMs: executorTimeoutMs,
      loadTimeoutMs: executorLoadMs,
      canaryEveryMs: policy.canaryEveryMs,
      start: options.start ?? ((place) => startExecutor(kinds, sessionAt(on, place), wrote)),
      onFree: () => this.dispatcher.dispatch(),
      onEnd: (reason) => options.observer?.restarted?.(reason),
      onRefused: (refused) => {
        for (const listener of this.listeners) listener(refused)
      },
    })
    this.live = new BatchQueue(
      { maxBatchSize, maxDelayMs: maxQueueDelayMs, leastRows: policy.leastRows },
      new Admission({ maxQueueMs: maxStepQueueMs, executors, batchSize: maxBatchSize }),
    )
    const forRollouts = { maxQueueMs: maxRolloutQueueMs, executors, batchSize: policy.chunkRows }
    this.rollouts = new RolloutQueue(executors, new Admission(forRollouts), policy)
    const executed = (execution: Execution) => options.observer?.executed?.(execution)
    this.dispatcher = new Dispatcher(this.members, this.live, this.rollouts, executed)
  }

  async start(): Promise<void> {
    const { bundles, executors, logger } = this.options
    const prepared = await Promise.all(bundles.map((bundle) => this.prepare(bundle)))
    await this.members.load(prepared.filter((one) => one !== undefined).map(({ loaded }) => loaded))
    await this.members.start() // they load what there is, now and later
    this.refused = bundles.flatMap(({ digest }) => this.members.wanted.refused(digest) ?? [])
    for (const { reference, reason } of this.refused) logger.error({ reference, reason }, 'refused')
    logger.info({ executors, device: namesOf(this.on) }, 'executors ready')
  }

  async load(bundle: Bundle, signal?: AbortSignal): Promise<Proof> {
    const prepared = await this.prepare(bundle, signal)
    if (prepared) await this.members.load([prepared.loaded])
    return this.members.wanted.refused(bundle.digest) ?? { starts: prepared?.starts ?? [] }
  }

  onRefused(listener: (refused: RefusedBundle) => void): void {
    this.listeners.push(listener)
  }

  /** Ready to be loaded; undefined when it has been refused. */
  private async prepare(
    bundle: Bundle,
    signal?: AbortSignal,
  ): Promise<{ loaded: LoadedBundle; starts: StartWindow[] } | undefined> {
    const { digest, name, version } = bundle
    const proof = await this.prove(bundle, signal)
    if (!('reason' in proof))
      return { loaded: await readBundle(bundle, this.options.kinds), starts: proof.starts }
    this.members.wanted.refuse({ digest, reference: `${name}/${version}`, reason: proof.reason })
    return undefined
  }

  unload(digest: string): Promise<void> {
    return this.members.unload(digest)
  }

  rollout(digest: string, rollout: Rollout, options: WorkOptions = {}) {
    return this.wait(digest, () => this.rollouts.add(digest, rollout, options))
  }

  step(digest: string, choice: unknown, row: LiveRow, options: WorkOptions = {}): Promise<StepOutcome> {
    const key = `${digest} ${choiceText(choice)}`
    return this.wait(digest, (spec) => {
      const memories = memoriesOf(this.options.kinds, spec)
      return this.live.add(key, digest, stepsOf(digest, memories, choice), row, options, row.id)
    })
  }

  begin(digest: string, choice: unknown, start: StartWindow, options: WorkOptions = {}): Promise<Begun> {
    const key = `begin ${digest} ${choiceText(choice)}`
    return this.wait(digest, (spec) => {
      return this.live.add(key, digest, startsOf(digest, spec, choice), start, options)
    })
  }

  act(digest: string, seen: Seen, options: WorkOptions = {}): Promise<Decided> {
    const key = `${seen.turn === undefined ? 'act' : 'act in a session'} ${digest}`
    return this.wait(digest, (spec) => {
      const memories = memoriesOf(this.options.kinds, spec)
      return this.live.add(key, digest, actsOf(digest, memories), seen, options)
    })
  }

  ready(): boolean {
    return this.members.ready
  }

  executors() {
    const { device } = this.on
    return { ready: this.members.readyCount, total: this.options.executors, device }
  }

  stats(): PoolStats {
    const { readyCount } = this.members
    return {
      pendingSteps: this.live.pending,
      pendingRollouts: this.rollouts.pending,
      executorsReady: readyCount,
      executorsStarting: this.options.executors - readyCount,
    }
  }

  async close(): Promise<void> {
    this.dispatcher.stop()
    const closed = this.members.close()
    this.live.close(closing())
    this.rollouts.close(closing())
    await closed
  }

  private wait<T>(digest: string, add: (spec: WorldSpec) => Promise<T>): Promise<T> {
    const spec = this.members.closed ? closing() : this.members.wanted.model(digest)
    if (spec instanceof DimaError) return Promise.reject(spec)
    const result = add(spec)
    this.dispatcher.dispatchSoon()
    return result
  }
}

/** How an executor at a place opens graphs. */
export const sessionAt = (on: Placement, place: number): GraphSessionOptions => {
  const { device, policy } = on
  return { device, card: cardAt(on, place), policy }
}

const namesOf = ({ device, cards }: Placement): string =>
  cards.map((card) => deviceName(device, card)).join(', ')

const closing = (): DimaError => new DimaError('executor_failed', 'the server is closing')
