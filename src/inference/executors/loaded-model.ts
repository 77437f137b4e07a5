// A model in an executor: its simulator and stepper on shared sessions, proven by a first run.
import { DimaError } from '../../common/errors.ts'
import type { GraphName } from '../../registry/load.ts'
import type { LiveBatch } from '../../worlds/dima/serve/live-batch.ts'
import { LiveStepper } from '../../worlds/dima/serve/live-step.ts'
import { Simulator } from '../../worlds/dima/serve/simulator.ts'
import { lettersOf, type SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import type { LoadedBundle } from './messages.ts'

const PLAN = { name: 'joint' as const, order: [] }

export class LoadedModel {
  readonly simulator: Simulator
  readonly stepper: LiveStepper
  /** What the canary gave the first time. */
  private expected: Float32Array | undefined
  private readonly uses = new Set<Promise<unknown>>()

  private constructor(simulator: Simulator) {
    this.simulator = simulator
    this.stepper = new LiveStepper(simulator.spec, simulator.graphs)
  }

  static async open({ spec, graphs }: LoadedBundle): Promise<LoadedModel> {
    const model = new LoadedModel(await Simulator.open(spec, async (name: GraphName) => graphs[name]!))
    await model.simulator.rollout(firstRollout(spec)) // a session's first run is slow: take it before a caller does
    await model.check()
    return model
  }

  /** One step from the mean state: the engine works, and it still computes what it did when the model was loaded. */
  async check(): Promise<void> {
    const { next } = await this.stepper.step(canaryBatch(this.simulator.spec), PLAN)
    this.expected ??= next
    const same = next.every((x, i) => Number.isFinite(x) && x === this.expected![i])
    if (!same) throw new DimaError('executor_failed', 'the canary gave other numbers')
  }

  /** Work that close waits for. */
  async use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T> {
    const running = work(this)
    this.uses.add(running)
    try {
      return await running
    } finally {
      this.uses.delete(running)
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.uses)
    await this.simulator.close()
  }
}

function firstRollout(spec: SimulatorSpec) {
  const { L, N, A, S } = lettersOf(spec)
  const states = new Float64Array(L * S)
  states.set(spec.normalisation.mean, (L - 1) * S)
  return {
    batch: 1,
    horizon: 1,
    states,
    windows: Int32Array.of(1),
    pastActions: new Float32Array((L - 1) * N * A),
    actions: new Float32Array(N * A),
    seed: 0,
    plan: PLAN,
  }
}

/** Zero is the mean state; id 0 is no session's. */
function canaryBatch(spec: SimulatorSpec): LiveBatch {
  const { L, N, A, S } = lettersOf(spec)
  return {
    ids: Float64Array.of(0),
    seeds: Uint32Array.of(0),
    keys: Uint32Array.of(0),
    steps: Uint32Array.of(0),
    windows: new Float32Array(L * S),
    actions: new Float32Array(L * N * A),
    lengths: Uint32Array.of(1),
    rewardStates: new Float32Array(S),
    rewardActions: new Float32Array(N * A),
  }
}
