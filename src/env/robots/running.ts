// The goal of running: how far the body comes in a step is rewarded.
import type { Rng } from '../../common/rng.ts'
import type { Simulation } from '../mujoco/simulation.ts'
import type { Body } from './body.ts'
import type { Goal } from './goal.ts'

/** What runners differ in. */
export interface Running extends Pick<Goal, 'stateNames' | 'stateUnits' | 'episodeLimit' | 'rewardText'> {
  readonly pose: NonNullable<Goal['pose']>
  /** Perturbs the model's rest pose at the start of an episode. */
  addResetNoise(simulation: Simulation, rng: Rng): void
  writeState(simulation: Simulation, state: Float64Array, offset: number): void
  /** How far the body has come, in metres; its rate is rewarded. Read straight after a step. */
  position(simulation: Simulation): number
  /** `velocity`: the rate of `position` over the step, m/s; `action`: all controls as given, not clipped. */
  reward(velocity: number, action: Float64Array, simulation: Simulation): number
  terminated(simulation: Simulation): boolean
}

/** Keeps the position of the step before. */
export function running(body: Pick<Body, 'frameSkip' | 'timestepSeconds'>, runner: Running): Goal {
  const stepSeconds = body.frameSkip * body.timestepSeconds
  const { stateNames, stateUnits, episodeLimit, rewardText, pose } = runner
  return {
    stateNames,
    stateUnits,
    episodeLimit,
    rewardText,
    pose,
    memorySize: 1,
    reset: (simulation, rng) => runner.addResetNoise(simulation, rng),
    begin(simulation, memory) {
      memory[0] = runner.position(simulation)
    },
    reward(simulation, action, memory) {
      const before = memory[0]!
      memory[0] = runner.position(simulation)
      return runner.reward((memory[0] - before) / stepSeconds, action, simulation)
    },
    terminated: (simulation) => runner.terminated(simulation),
    writeState: (simulation, _memory, state, offset) => runner.writeState(simulation, state, offset),
  }
}
