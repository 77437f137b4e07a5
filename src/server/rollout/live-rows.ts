// The rows of a streamed rollout, each stepped as a live session is. B rows, N agents, A action, O observation.
import { type Decision, decide } from '../../inference/live/decide.ts'
import { newLineage } from '../../inference/live/position.ts'
import type { Runner, WorkOptions } from '../../inference/runner.ts'
import type { Bundle } from '../../registry/load.ts'
import type { StepOutcome } from '../../worlds/live.ts'
import { startKeys } from '../../worlds/noise.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import { windowOf } from '../../worlds/starts.ts'
import { lettersOf, type Memories } from '../../worlds/world.ts'

/** Where a row stands. */
interface Place {
  /** Memories of the kind */
  memory: unknown
  /** [N, O] */
  observations: Float32Array
}

/** What became of a row's step. */
export interface Stepped extends StepOutcome {
  /** [N, A] taken */
  action: Float32Array
}

export class LiveRows {
  private readonly runner: Runner
  private readonly memories: Memories
  private readonly bundle: Bundle
  private readonly rollout: Rollout
  private readonly ids: number[]
  private readonly keys: Uint32Array
  /** [B] */
  private places: Place[] = []

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
      const { observations, carried } = await this.runner.begin(digest, this.rollout.choice, start, options)
      return { memory: this.memories.begin(start, carried), observations }
    })
    this.places = await Promise.all(beginning)
  }

  /** Everyone's step t. [B] */
  async step(t: number, options: WorkOptions): Promise<Stepped[]> {
    const decisions = await Promise.all(this.ids.map((_, row) => this.decide(row, t, options)))
    return Promise.all(decisions.map((decision, row) => this.take(row, t, decision, options)))
  }

  private decide(row: number, t: number, options: WorkOptions): Promise<Decision> {
    const { bundle, memories, rollout } = this
    const { N, A } = lettersOf(bundle.manifest)
    const from = (row * rollout.horizon + t) * N * A
    const place = { ...this.places[row]!, ...this.streamAt(row, t) }
    const asked = { action: rollout.actions.subarray(from, from + N * A), policy: rollout.policy }
    return decide(this.runner, { bundle, memories }, place, asked, options)
  }

  private async take(row: number, t: number, decision: Decision, options: WorkOptions): Promise<Stepped> {
    const { action, queueMs, computeMs } = decision
    const turn = this.memories.take(this.places[row]!.memory, action)
    const live = { id: this.ids[row]!, ...this.streamAt(row, t), turn }
    const outcome = await this.runner.step(this.bundle.digest, this.rollout.choice, live, options)
    const { carried, observations } = outcome
    this.places[row] = { memory: this.memories.follow(turn, carried), observations }
    const took = { queueMs: outcome.queueMs + queueMs, computeMs: outcome.computeMs + computeMs }
    return { ...outcome, ...took, action }
  }

  private streamAt(row: number, t: number) {
    return { seed: this.rollout.seed, key: this.keys[row]!, step: t }
  }
}
