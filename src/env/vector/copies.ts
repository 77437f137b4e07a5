// Copies of a task that share one World: their states are swapped in and out of it. A step allocates nothing.
// Every row is, to the last bit, what a MujocoEnv of its own would give.
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import type { World } from '../mujoco/world.ts'
import { PHASE, type Seen, type VectorArrays } from './vector-arrays.ts'

/** The copies `from` to `to` (that one excluded) of all those in the arrays. */
export interface Share {
  readonly from: number
  readonly to: number
}

export class Copies {
  private readonly world: World
  private readonly arrays: VectorArrays
  private readonly share: Share
  /** Whether the step that ends an episode begins the next one. */
  private readonly sameStep: boolean
  private readonly observationSizes: readonly number[]
  private readonly controls: readonly Float64Array[] // of each copy [actuators]
  private readonly saved: Float64Array // [copies of the share, saveSize]
  private readonly stepCounts: Int32Array // [copies of the share]
  private readonly streams: Rng[] = []

  constructor(world: World, arrays: VectorArrays, share: Share, sameStep: boolean) {
    this.world = world
    this.arrays = arrays
    this.share = share
    this.sameStep = sameStep
    const { spec, robot } = world.task
    const copies = share.to - share.from
    const width = robot.actuators.length
    this.observationSizes = spec.agents.map(({ observationNames }) => observationNames.length)
    this.controls = Array.from({ length: copies }, (_, i) =>
      arrays.controls.subarray((share.from + i) * width, (share.from + i + 1) * width),
    )
    this.saved = new Float64Array(copies * world.saveSize)
    this.stepCounts = new Int32Array(copies)
  }

  /** Resets the copies of the mask. One that fails is left in the phase `failed`. */
  reset(): void {
    const { from, to } = this.share
    for (let e = from; e < to; e++) if (this.arrays.mask[e]) this.attempt(e, PHASE.ended)
  }

  /** Steps all copies; one that has ended is reset instead. One that fails is left in the phase `failed`. */
  step(): void {
    const { from, to } = this.share
    for (let e = from; e < to; e++) this.attempt(e, this.arrays.phases[e]!)
  }

  private attempt(e: number, phase: number): void {
    try {
      if (phase === PHASE.running) this.advance(e)
      else this.restart(e)
    } catch (error) {
      if (!(error instanceof DimaError && error.code === 'simulation_failed')) throw error
      this.arrays.phases[e] = PHASE.failed
      // The numbers that went wrong must not reach the next copy.
      this.world.simulation.reset()
    }
  }

  private advance(e: number): void {
    const { world, arrays, saved, stepCounts } = this
    const i = e - this.share.from
    world.load(saved, i * world.saveSize)
    world.step(this.controls[i]!)
    const truncated = !world.terminated && ++stepCounts[i]! >= world.task.spec.episodeLimit
    const ended = world.terminated || truncated
    this.writeOutcome(e, truncated)
    if (ended && this.sameStep) {
      this.writeSeen(e, arrays.final)
      this.begin(e)
    } else {
      this.writeSeen(e, arrays.now)
      if (ended) arrays.phases[e] = PHASE.ended
      else world.save(saved, i * world.saveSize)
    }
  }

  private restart(e: number): void {
    this.begin(e)
    this.writeOutcome(e, false)
  }

  private begin(e: number): void {
    const { world, arrays } = this
    const i = e - this.share.from
    const seed = arrays.seeds[e]!
    if (!Number.isNaN(seed)) this.streams[i] = new Rng(seed, 'reset')
    arrays.seeds[e] = Number.NaN
    world.reset(this.streams[i]!)
    this.stepCounts[i] = 0
    world.save(this.saved, i * world.saveSize)
    arrays.phases[e] = PHASE.running
    this.writeSeen(e, arrays.now)
  }

  private writeSeen(e: number, { observations, states }: Seen): void {
    const { world, observationSizes } = this
    for (let agent = 0; agent < observations.length; agent++)
      world.observe(agent, observations[agent]!, e * observationSizes[agent]!)
    states.set(world.state, e * world.state.length)
  }

  private writeOutcome(e: number, truncated: boolean): void {
    const { world, arrays } = this
    arrays.rewards[e] = world.reward
    arrays.terminations[e] = world.terminated ? 1 : 0
    arrays.truncations[e] = truncated ? 1 : 0
  }
}
