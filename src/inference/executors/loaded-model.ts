// A model in an executor: its simulator, proven by a first run.
import { DimaError } from '../../common/errors.ts'
import { POLICIES } from '../../engine/device.ts'
import type { GraphSessionOptions } from '../../engine/session.ts'
import { kindOf } from '../../worlds/kind-of.ts'
import { gatherRows, type LiveBatch } from '../../worlds/live.ts'
import { type OpenSimulator, openSimulator } from '../../worlds/open-simulator.ts'
import { padded, type Starts } from '../../worlds/starts.ts'
import { type Kinds, lettersOf, type WorldSpec } from '../../worlds/world.ts'
import type { LoadedBundle } from './messages.ts'

export class LoadedModel {
  private readonly simulator: OpenSimulator
  private readonly canary: LiveBatch
  private readonly within: number
  /** What the canary gave the first time. */
  private expected: Float32Array | undefined
  private readonly uses = new Set<Promise<unknown>>()

  /** @param within how far a number may be from the first time's, relative to the larger of 1 and it */
  private constructor(simulator: OpenSimulator, canary: LiveBatch, within: number) {
    this.simulator = simulator
    this.canary = canary
    this.within = within
  }

  static async open(
    kinds: Kinds,
    { spec, graphs }: LoadedBundle,
    session: GraphSessionOptions = {},
  ): Promise<LoadedModel> {
    const { canaryWithin } = session.policy ?? POLICIES[session.device ?? 'cpu']
    const simulator = await openSimulator(kinds, spec, graphs, session)
    const model = new LoadedModel(simulator, await canaryOf(kinds, simulator), canaryWithin)
    await simulator.rollout(firstRollout(kinds, spec)) // a session's first run is slow: take it before a caller does
    await model.check()
    return model
  }

  /** One step from the mean state: the engine works, and it still computes what it did when the model was loaded. */
  async check(): Promise<void> {
    const { carried } = await this.simulator.step(this.canary)
    this.expected ??= carried
    if (!carried.every((x, i) => isNear(x, this.expected![i]!, this.within)))
      throw new DimaError('executor_failed', 'the canary gave other numbers')
  }

  /** Work that close waits for. */
  async use<T>(work: (simulator: OpenSimulator) => Promise<T>): Promise<T> {
    const running = work(this.simulator)
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

/** Within 0 is equal. What is not finite is near nothing. */
const isNear = (x: number, expected: number, within: number): boolean =>
  Math.abs(x - expected) <= within * Math.max(1, Math.abs(expected))

const meanStart = ({ normalisation: { mean } }: WorldSpec) => ({
  states: Float64Array.from(mean),
  actions: new Float32Array(0),
})

const startOf = (spec: WorldSpec): Starts => padded(spec, [meanStart(spec)])

const defaultChoice = (kinds: Kinds, spec: WorldSpec): unknown => kindOf(kinds, spec).choices.every(spec)[0]

function firstRollout(kinds: Kinds, spec: WorldSpec) {
  const { N, A } = lettersOf(spec)
  const actions = new Float32Array(N * A)
  return { ...startOf(spec), horizon: 1, actions, seed: 0, choice: defaultChoice(kinds, spec) }
}

/** Id 0 is no session's. */
async function canaryOf(kinds: Kinds, { spec, begin }: OpenSimulator): Promise<LiveBatch> {
  const { N, A } = lettersOf(spec)
  const memories = kindOf(kinds, spec).memories(spec)
  const choice = defaultChoice(kinds, spec)
  const { carried } = await begin(startOf(spec), choice)
  const turn = memories.take(memories.begin(meanStart(spec), carried), new Float32Array(N * A))
  const row = { id: 0, seed: 0, key: 0, step: 0, turn }
  return gatherRows(memories, choice, [row])
}
