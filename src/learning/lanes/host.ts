// What a lane does: it trains some of the networks and imagines some of the rows, one thing at a time.
import type { Feeds } from '../../common/tensors.ts'
import type { GraphSessionOptions } from '../../engine/session.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../../worlds/open-simulator.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import type { WorldSpec } from '../../worlds/world.ts'
import { batchAt } from '../call-batches.ts'
import type { Learner, LearnerState } from '../learner.ts'
import { type CallTimes, oneCall, together } from './call-times.ts'

export type OpenLearner = (name: string) => Promise<Learner>

export class LaneHost {
  private readonly open: OpenLearner
  private readonly session: GraphSessionOptions
  private readonly learners = new Map<string, Learner>()
  private times: Record<string, CallTimes> = {}
  private simulator: OpenSimulator | undefined

  /** @param session how the simulator's graphs are opened */
  constructor(open: OpenLearner, session: GraphSessionOptions = {}) {
    this.open = open
    this.session = session
  }

  /** Compiles the networks that this lane trains. */
  async learn(names: readonly string[]): Promise<void> {
    for (const name of names) this.learners.set(name, await this.open(name))
  }

  step(name: string, batch: Feeds, learningRate: number): Promise<Record<string, number>> {
    return this.timed(name, (learner) => learner.step(batch, learningRate))
  }

  stepMany(name: string, batches: Feeds, learningRates: number[]): Promise<Record<string, number>[]> {
    return this.timed(name, async (learner) =>
      learningRates.length === 1
        ? [await learner.step(batchAt(batches, 0), learningRates[0]!)]
        : learner.stepMany(batches, learningRates),
    )
  }

  /** Of its networks, since they were asked for last. */
  async callTimes(): Promise<Record<string, CallTimes>> {
    const { times } = this
    this.times = {}
    return times
  }

  async state(name: string): Promise<LearnerState> {
    return this.learner(name).state()
  }

  async restore(name: string, state: LearnerState): Promise<void> {
    this.learner(name).restore(state)
  }

  async parameters(name: string): Promise<Float32Array[]> {
    return this.learner(name).parameters()
  }

  /**
   * Imagines with this world model from now on. No graphs are composed of its: of hundreds of rows a call is a small part, and
   * the model is another one in every epoch.
   */
  async load(spec: WorldSpec, graphs: Record<string, Uint8Array>): Promise<void> {
    await this.simulator?.close()
    this.simulator = await openSimulator(KINDS, spec, graphs, { ...this.session, composes: false })
  }

  /** Another policy acts in the world model that is loaded. */
  async act(policy: Uint8Array): Promise<void> {
    this.simulator = await this.loaded().withPolicy(policy)
  }

  rollout(rollout: Rollout): Promise<Trajectories> {
    return this.loaded().rollout(rollout)
  }

  async close(): Promise<void> {
    await this.simulator?.close()
    for (const learner of this.learners.values()) await learner.close()
  }

  private async timed<T>(name: string, call: (learner: Learner) => Promise<T>): Promise<T> {
    const learner = this.learner(name)
    const began = performance.now()
    const answer = await call(learner)
    this.times = together([this.times, { [name]: oneCall(performance.now() - began) }])
    return answer
  }

  private loaded(): OpenSimulator {
    if (!this.simulator) throw new Error('no world model is loaded')
    return this.simulator
  }

  private learner(name: string): Learner {
    const learner = this.learners.get(name)
    if (!learner) throw new Error(`this lane does not train ${name}`)
    return learner
  }
}

/** What a lane can be asked. */
export type LaneCall = keyof LaneHost

export interface LaneAsk {
  method: LaneCall
  args: unknown[]
}
