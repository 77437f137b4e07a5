// The threads of a run, one for each core. Every network is trained in one of them, all networks side by side; imagined
// rows are spread over all. Train steps are too small to be split over cores themselves: with two threads inside ONNX
// Runtime a step of preset small takes 0.73 to 1.05 of the time and up to 1.5 times the processor (2 cores).
import type { Feeds } from '../../common/tensors.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import { joinRows, splitRows } from '../../worlds/rows.ts'
import type { WorldSpec } from '../../worlds/world.ts'
import type { LearnerState } from '../learner.ts'
import { type CallTimes, together } from './call-times.ts'
import { type Lane, localLane, ThreadLane } from './lane.ts'
import type { LaneWork } from './open-host.ts'
import type { Trains } from './trains.ts'
import type { Places } from './turns.ts'

/** What a run may use. No part of its result. */
export interface Resources {
  /** threads that train and imagine side by side; with 1 everything runs in this one */
  cores: number
  /** updates of a world model's network that the engine runs in one call: for devices apart from the main memory */
  stepsPerCall: number
}

export interface LanesOptions extends Omit<LaneWork, 'stepsPerCall'> {
  resources: Resources
  /** Networks that are never trained at the same time stand together; groups are dealt out to the lanes in turn. */
  groups: readonly (readonly string[])[]
  /** Of them those that change lanes where there are fewer lanes than groups: light ones, since every lane compiles them. */
  roaming?: readonly string[]
}

export class Lanes implements Places {
  private readonly lanes: readonly Lane[]
  private readonly learners = new Map<string, LaneLearner>()
  private readonly roaming: ReadonlySet<string>

  private constructor(lanes: readonly Lane[], roaming: readonly string[]) {
    this.lanes = lanes
    this.roaming = new Set(roaming)
  }

  static async open(options: LanesOptions): Promise<Lanes> {
    const { recipes, task, config, resources, groups, roaming = [] } = options
    const { cores, stepsPerCall } = resources
    const work = { recipes, task, config, stepsPerCall }
    const open = () => (cores === 1 ? localLane(work) : new ThreadLane(work))
    const several = cores > 1 && cores < groups.length
    const lanes = new Lanes(Array.from({ length: cores }, open), several ? roaming : [])
    try {
      await Promise.all(lanes.lanes.map((lane, i) => lanes.learn(lane, namesOf(groups, i, cores))))
    } catch (error) {
      await lanes.close()
      throw error
    }
    return lanes
  }

  learner(name: string): Trains {
    return this.learnerOf(name)
  }

  private learnerOf(name: string): LaneLearner {
    const learner = this.learners.get(name)
    if (!learner) throw new Error(`no lane trains ${name}`)
    return learner
  }

  get size(): number {
    return this.lanes.length
  }

  placeOf(name: string): number {
    return this.lanes.indexOf(this.learnerOf(name).lane)
  }

  roams(name: string): boolean {
    return this.roaming.has(name)
  }

  /** With its state. */
  async move(name: string, to: number): Promise<void> {
    await this.learnerOf(name).moveTo(this.lanes[to]!)
  }

  async load(spec: WorldSpec, graphs: Record<string, Uint8Array>): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.call('load', spec, graphs)))
  }

  async act(policy: Uint8Array): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.call('act', policy)))
  }

  /** An equal share of the rows for every lane. */
  async rollout(rollout: Rollout): Promise<Trajectories> {
    const chunks = splitRows(rollout, Math.ceil(rollout.batch / this.lanes.length))
    return joinRows(await Promise.all(chunks.map((chunk, i) => this.lanes[i]!.call('rollout', chunk))))
  }

  /** By network, since they were asked for last. */
  async callTimes(): Promise<Record<string, CallTimes>> {
    return together(await Promise.all(this.lanes.map((lane) => lane.call('callTimes'))))
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.close()))
  }

  private async learn(lane: Lane, names: readonly string[]): Promise<void> {
    await lane.call('learn', [...new Set([...names, ...this.roaming])])
    for (const name of names) this.learners.set(name, new LaneLearner(lane, name))
  }
}

const namesOf = (groups: LanesOptions['groups'], lane: number, lanes: number): string[] =>
  groups.filter((_, i) => i % lanes === lane).flat()

class LaneLearner implements Trains {
  updates = 0
  lane: Lane
  private readonly name: string

  constructor(lane: Lane, name: string) {
    this.lane = lane
    this.name = name
  }

  async step(batch: Feeds, learningRate: number): Promise<Record<string, number>> {
    const metrics = await this.lane.call('step', this.name, batch, learningRate)
    this.updates++
    return metrics
  }

  async stepMany(batches: Feeds, learningRates: number[]): Promise<Record<string, number>[]> {
    const buffers = Object.values(batches).map(({ data }) => data.buffer as ArrayBuffer)
    const metrics = await this.lane.give(buffers, 'stepMany', this.name, batches, learningRates)
    this.updates += learningRates.length
    return metrics
  }

  parameters(): Promise<Float32Array[]> {
    return this.lane.call('parameters', this.name)
  }

  state(): Promise<LearnerState> {
    return this.lane.call('state', this.name)
  }

  async moveTo(lane: Lane): Promise<void> {
    if (lane === this.lane) return
    await lane.call('restore', this.name, await this.state())
    this.lane = lane
  }

  async restore(state: LearnerState): Promise<void> {
    await this.lane.call('restore', this.name, state)
    this.updates = state.updates
  }
}
