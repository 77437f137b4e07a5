// Copies of a task that share one World: their states are swapped in and out of it. A step allocates nothing.
// Every row is, to the last bit, what a MujocoEnv of its own would give.
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import type { World } from '../mujoco/world.ts'
import { PHASE, type Seen, type VectorArrays } from './vector-arrays.ts'
import type { AutoresetMode } from './vector-env.ts'

/**
 * Gives each copy to one of those who ask, E or more when none is left. So threads that step the same copies are done
 * at the same time, whichever of them was held up; whose World steps a copy makes no difference.
 */
export type Claim = () => number

export class Copies {
  private readonly world: World
  private readonly arrays: VectorArrays
  private readonly autoreset: AutoresetMode
  private readonly observationSizes: readonly number[]
  private readonly controls: readonly Float64Array[] // of each copy [actuators]
  private stream = new Rng() // that of the copy at hand

  constructor(world: World, arrays: VectorArrays, autoreset: AutoresetMode) {
    this.world = world
    this.arrays = arrays
    this.autoreset = autoreset
    const { spec, body } = world.task
    const width = body.actuators.length
    this.observationSizes = spec.agents.map(({ observationNames }) => observationNames.length)
    this.controls = Array.from(arrays.phases, (_, e) => arrays.controls.subarray(e * width, (e + 1) * width))
  }

  /** Resets the copies of the mask that it is given. One that fails is left in the phase `failed`. */
  reset(claim: Claim): void {
    const { mask } = this.arrays
    for (let e = claim(); e < mask.length; e = claim()) if (mask[e]) this.attempt(e, PHASE.ended, false)
  }

  /** Steps the copies it is given; one that has ended is reset instead. One that fails is left in the phase `failed`. */
  step(claim: Claim): void {
    const { phases } = this.arrays
    const acts = this.autoreset === 'next_step_acted'
    for (let e = claim(); e < phases.length; e = claim()) this.attempt(e, phases[e]!, acts)
  }

  /** `acts`: whether a copy that has to be reset takes a step at once. */
  private attempt(e: number, phase: number, acts: boolean): void {
    try {
      if (phase === PHASE.running) this.advance(e)
      else this.restart(e, acts)
    } catch (error) {
      if (!(error instanceof DimaError && error.code === 'simulation_failed')) throw error
      this.arrays.phases[e] = PHASE.failed
      // The numbers that went wrong must not reach the next copy.
      this.world.simulation.reset()
    }
  }

  private advance(e: number): void {
    const { world, arrays } = this
    world.load(arrays.saved, e * world.saveSize)
    world.step(this.controls[e]!)
    const cut = !world.terminated && ++arrays.stepCounts[e]! >= world.task.spec.episodeLimit
    const ended = world.terminated || cut
    this.writeOutcome(e, cut)
    if (ended && this.autoreset === 'same_step') {
      this.writeSeen(e, arrays.final)
      this.begin(e)
    } else {
      this.writeSeen(e, arrays.now)
      if (ended) arrays.phases[e] = PHASE.ended
      else world.save(arrays.saved, e * world.saveSize)
    }
  }

  private restart(e: number, acts: boolean): void {
    this.begin(e)
    if (acts) this.advance(e)
    else this.writeOutcome(e, false)
  }

  private begin(e: number): void {
    const { world, arrays } = this
    world.reset(this.streamOf(e))
    this.stream.save(arrays.streams, e * Rng.SIZE)
    arrays.stepCounts[e] = 0
    world.save(arrays.saved, e * world.saveSize)
    arrays.phases[e] = PHASE.running
    this.writeSeen(e, arrays.now)
  }

  private streamOf(e: number): Rng {
    const { seeds, streams } = this.arrays
    const seed = seeds[e]!
    if (Number.isNaN(seed)) this.stream.load(streams, e * Rng.SIZE)
    else this.stream = new Rng(seed, 'reset')
    seeds[e] = Number.NaN
    return this.stream
  }

  private writeSeen(e: number, { observations, states }: Seen): void {
    const { world, observationSizes } = this
    for (let agent = 0; agent < observations.length; agent++)
      world.observe(agent, observations[agent]!, e * observationSizes[agent]!)
    states.set(world.state, e * world.state.length)
  }

  /** `cut`: by the time limit. */
  private writeOutcome(e: number, cut: boolean): void {
    const { world, arrays } = this
    const failed = world.terminated || (cut && world.task.limitFails === true)
    arrays.rewards[e] = world.reward
    arrays.terminations[e] = failed ? 1 : 0
    arrays.truncations[e] = cut && !failed ? 1 : 0
    if (arrays.successes) arrays.successes[e] = world.succeeded ? 1 : 0
  }
}
