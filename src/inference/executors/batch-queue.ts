// Live work that waits for an executor, in batches of what may share one. A batch leaves when it is full, when nobody
// is expected any more, or when the delay has passed. Owners have equal shares of the rows.
import { CPU } from '../../engine/device.ts'
import type { WorkOptions } from '../runner.ts'
import type { Admission } from './admission.ts'
import type { Executor } from './executor.ts'
import { Expectation } from './expectation.ts'
import { Lines } from './lines.ts'
import { NOBODY } from './shares.ts'
import { executorDied, type Waiting, WaitingQueue } from './waiting.ts'
import type { Work } from './work.ts'

export interface BatchOptions {
  /** Triton's max_batch_size: most rows of one execution */
  maxBatchSize: number
  /** Triton's max_queue_delay_microseconds, in milliseconds */
  maxDelayMs: number
  /** fewer are not worth an executor of their own; default: those of the CPU */
  leastRows?: number
}

/** How a group's items are computed together; results in the order of the items. */
export type Run<Item, Result> = (
  executor: Executor,
  items: Item[],
  queueMs: (i: number) => number,
) => Promise<{ results: Result[]; computeMs: number }>

interface Row extends Waiting {
  group: Group
  item: unknown
  /** who asks, and is likely to ask again */
  asker: number | undefined
  retried: boolean
  resolve: (result: unknown) => void
}

interface Group {
  digest: string
  run: Run<unknown, unknown>
  waiting: Lines<Row>
  expectation: Expectation
  delivered: number
}

export class BatchQueue extends WaitingQueue<Row> {
  private readonly options: BatchOptions
  /** By key, the one whose turn is next first. */
  private readonly groups = new Map<string, Group>()

  constructor(options: BatchOptions, admission: Admission) {
    super(admission)
    this.options = options
  }

  /**
   * Items with the same key share batches and have the same `digest` and `run`.
   * @param asker whose next item may be expected after the answer to this one
   */
  add<Item, Result>(
    key: string,
    digest: string,
    run: Run<Item, Result>,
    item: Item,
    options: WorkOptions,
    asker?: number,
  ): Promise<Result> {
    const { owner = NOBODY, signal, deadline } = options
    const full = this.admission.enter({ digest, owner, units: 1, steps: 1, deadline })
    if (full) return Promise.reject(full)
    const group = this.groupOf(key, digest, run as unknown as Group['run'])
    return new Promise((resolve, reject) => {
      if (asker !== undefined) group.expectation.arrived(asker)
      // Every field by name: a spread costs more than all the rest.
      const row: Row = {
        owner,
        signal,
        deadline,
        digest,
        group,
        item,
        asker,
        arrived: performance.now(),
        retried: false,
        resolve: resolve as Row['resolve'],
        reject,
      }
      group.waiting.add(owner, row)
    })
  }

  /**
   * The next batch for one of `idle` executors, or undefined when nothing is due.
   * @param now performance.now(), the same as for `due`: what becomes due between two looks would be left to nobody
   */
  take(idle: number, now: number): Work | undefined {
    const [key, group] = this.next(now) ?? []
    if (key === undefined || !group) return undefined
    this.groups.delete(key) // its next turn comes after the others'
    this.groups.set(key, group)
    const { leastRows = CPU.leastRows, maxBatchSize } = this.options
    const share = Math.max(leastRows, Math.ceil(group.waiting.length / idle))
    const items = this.takeTurns(group, Math.min(share, maxBatchSize))
    return { digest: group.digest, rows: items.length, run: (executor) => this.run(group, items, executor) }
  }

  /** Of what is due, the group with the owner whose turn it is. */
  private next(now: number): [key: string, group: Group] | undefined {
    let best: [string, Group] | undefined
    let least = Number.POSITIVE_INFINITY
    for (const [key, group] of this.groups) {
      if (group.waiting.length === 0 || this.wait(group, now) > 0) continue
      const clock = this.shares.clockOf(this.shares.next(group.waiting.owners)!)
      if (clock >= least) continue
      least = clock
      best = [key, group]
    }
    return best
  }

  /** At most `most` of what waits: the owner whose turn it is gets a row, again and again. */
  private takeTurns({ waiting }: Group, most: number): Row[] {
    const items: Row[] = []
    while (items.length < most && waiting.length > 0) {
      const owner = this.shares.next(waiting.owners)!
      if (items.length === 0) this.shares.turn(owner)
      const item = waiting.shift(owner)!
      this.give(item, 1)
      items.push(item)
    }
    return items
  }

  /** Milliseconds from `now` until something may be due; undefined when nothing waits. */
  due(now: number): number | undefined {
    const waits = [...this.groups.values()].filter(({ waiting }) => waiting.length > 0)
    return waits.length === 0 ? undefined : Math.min(...waits.map((group) => this.wait(group, now)))
  }

  override sweep(now: number, isLoaded: (digest: string) => boolean): void {
    super.sweep(now, isLoaded)
    for (const [key, { waiting, delivered }] of this.groups)
      if (waiting.length === 0 && now - delivered > FORGET_GROUP_MS) this.groups.delete(key)
  }

  protected items(): Row[] {
    return [...this.groups.values()].flatMap(({ waiting }) => [...waiting])
  }

  protected drop(row: Row, error: unknown): void {
    row.group.waiting.remove(row.owner, row)
    this.admission.leave(row.digest, row.owner, 1)
    row.reject(error)
  }

  private groupOf(key: string, digest: string, run: Group['run']): Group {
    const known = this.groups.get(key)
    if (known) return known
    const expectation = new Expectation(this.options.maxDelayMs)
    const waiting = new Lines<Row>()
    const group: Group = { digest, run, waiting, expectation, delivered: performance.now() }
    this.groups.set(key, group)
    return group
  }

  private wait({ waiting, expectation }: Group, now: number): number {
    return waiting.length >= this.options.maxBatchSize ? 0 : expectation.wait(now)
  }

  private async run(group: Group, items: Row[], executor: Executor): Promise<number | undefined> {
    const started = performance.now()
    try {
      const values = items.map(({ item }) => item)
      const { results, computeMs } = await group.run(executor, values, (i) => started - items[i]!.arrived)
      group.delivered = performance.now()
      // There and back: on a busy machine that is what keeps an executor from the next batch.
      this.admission.measured(group.digest, 1, Math.max(computeMs, group.delivered - started))
      group.expectation.delivered(
        items.flatMap(({ asker }) => asker ?? []),
        computeMs,
        group.delivered,
      )
      items.forEach(({ resolve }, i) => {
        resolve(results[i])
      })
      return computeMs
    } catch (error) {
      this.fail(items, error)
      return undefined
    }
  }

  /** What was with an executor that died is tried once more, before all others. */
  private fail(items: Row[], error: unknown): void {
    const died = executorDied(error) && !this.closed
    const again = items.filter(({ retried }) => died && !retried)
    for (const { reject } of items.filter((item) => !again.includes(item))) reject(error)
    for (const item of again.reverse()) {
      item.retried = true
      item.group.waiting.addFirst(item.owner, item)
      this.takeBack(item, 1)
    }
  }
}

/** Plans and models that nobody asks for any more leave nothing behind. */
const FORGET_GROUP_MS = 60_000
