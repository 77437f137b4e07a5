// What a lane does: it trains some of the networks and imagines some of the rows, one thing at a time.
import type { NamedTensors } from '../../common/tensors.ts'
import { openSession, type SessionOptions } from '../../engine/session.ts'
import type { PerGraph } from '../../registry/load.ts'
import { Simulator } from '../../worlds/dima/serve/simulator.ts'
import type { SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import type { Learner, LearnerState } from '../learner.ts'

export type OpenLearner = (name: string) => Promise<Learner>

export class LaneHost {
  private readonly open: OpenLearner
  private readonly session: SessionOptions
  private readonly learners = new Map<string, Learner>()
  private simulator: Simulator | undefined

  /** @param session how the simulator's graphs are opened */
  constructor(open: OpenLearner, session: SessionOptions = {}) {
    this.open = open
    this.session = session
  }

  /** Compiles the networks that this lane trains. */
  async learn(names: readonly string[]): Promise<void> {
    for (const name of names) this.learners.set(name, await this.open(name))
  }

  step(name: string, batch: NamedTensors, learningRate: number): Promise<Record<string, number>> {
    return this.learner(name).step(batch, learningRate)
  }

  stepMany(
    name: string,
    batches: NamedTensors[],
    learningRates: number[],
  ): Promise<Record<string, number>[]> {
    return this.learner(name).stepMany(batches, learningRates)
  }

  async state(name: string): Promise<LearnerState> {
    return this.learner(name).state()
  }

  async restore(name: string, state: LearnerState): Promise<void> {
    this.learner(name).restore(state)
  }

  async parameters(name: string): Promise<Float32Array[]> {
    return this.learner(name).state().p
  }

  /** Imagines with this world model from now on. */
  async load(spec: SimulatorSpec, graphs: PerGraph<Uint8Array>): Promise<void> {
    await this.simulator?.close()
    this.simulator = await Simulator.open(spec, async (name) => graphs[name], this.session)
  }

  /** Another policy acts in the world model that is loaded. */
  async act(policy: Uint8Array): Promise<void> {
    const { spec, graphs } = this.loaded()
    const session = await openSession(policy, this.session)
    await graphs.policy?.release()
    this.simulator = new Simulator(spec, { ...graphs, policy: session })
  }

  rollout(rollout: Rollout): Promise<Trajectories> {
    return this.loaded().rollout(rollout)
  }

  async close(): Promise<void> {
    await this.simulator?.close()
    for (const learner of this.learners.values()) await learner.close()
  }

  private loaded(): Simulator {
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
