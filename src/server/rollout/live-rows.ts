// The rows of a streamed rollout, each stepped as a live session is. B rows, N agents, A action.
import { newLineage } from '../../inference/live/position.ts'
import type { Runner, WorkOptions } from '../../inference/runner.ts'
import type { Bundle } from '../../registry/load.ts'
import type { LiveRow, StepOutcome } from '../../worlds/live.ts'
import { startKeys } from '../../worlds/noise.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import { windowOf } from '../../worlds/starts.ts'
import { lettersOf, type Memories } from '../../worlds/world.ts'

export class LiveRows {
  private readonly runner: Runner
  private readonly memories: Memories
  private readonly bundle: Bundle
  private readonly rollout: Rollout
  private readonly ids: number[]
  private readonly keys: Uint32Array
  /** [B] Memories of the kind */
  private carried: unknown[] = []

  constructor(runner: Runner, memories: Memories, bundle: Bundle, rollout: Rollout) {
    this.runner = runner
    this.memories = memories
    this.bundle = bundle
    this.rollout = rollout
    this.ids = Array.from({ length: rollout.batch }, newLineage)
    this.keys = startKeys(rollout, bundle.manifest.context)
  }

  get horizon(): number {
    return this.rollout.horizon
  }

  async begin(options: WorkOptions): Promise<void> {
    const { digest, manifest } = this.bundle
    const beginning = this.ids.map(async (_, row) => {
      const start = windowOf(manifest, this.rollout, row)
      const { carried } = await this.runner.begin(digest, this.rollout.choice, start, options)
      return this.memories.begin(start, carried)
    })
    this.carried = await Promise.all(beginning)
  }

  /** Everyone's step t. [B] */
  async step(t: number, options: WorkOptions): Promise<StepOutcome[]> {
    const { digest } = this.bundle
    const rows = this.ids.map((_, row) => this.rowAt(row, t))
    const stepping = rows.map((row) => this.runner.step(digest, this.rollout.choice, row, options))
    const outcomes = await Promise.all(stepping)
    this.carried = outcomes.map((outcome, row) => this.memories.follow(rows[row]!.turn, outcome.carried))
    return outcomes
  }

  private rowAt(row: number, t: number): LiveRow {
    const { N, A } = lettersOf(this.bundle.manifest)
    const from = (row * this.rollout.horizon + t) * N * A
    const turn = this.memories.take(this.carried[row], this.rollout.actions.subarray(from, from + N * A))
    return { id: this.ids[row]!, seed: this.rollout.seed, key: this.keys[row]!, step: t, turn }
  }
}
