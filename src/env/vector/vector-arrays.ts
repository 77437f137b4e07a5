// What the copies of an environment and their owner share, one row a copy. It lies in shared memory, so that threads
// need not send it to each other.
import { Rng } from '../../common/rng.ts'
import type { MujocoTask } from '../mujoco/task.ts'
import { saveSizeOf } from '../mujoco/world.ts'

/** Where a copy is in its life. */
export const PHASE = {
  /** no episode: only the caller can begin one */
  idle: 0,
  running: 1,
  /** the episode is over and the next one has not begun */
  ended: 2,
  /** its physics became unstable in this call */
  failed: 3,
} as const

/** What is seen of the copies. */
export interface Seen {
  readonly observations: readonly Float64Array[] // of each agent [E, O]
  readonly states: Float64Array // [E, S]
}

export interface VectorArrays {
  /** Copies to reset: nonzero. */
  readonly mask: Uint8Array // [E]
  /** What a copy's random stream starts from at its next reset; NaN: it goes on. */
  readonly seeds: Float64Array // [E]
  /** Joint actions in the order of the model's controls. */
  readonly controls: Float64Array // [E, actuators]
  readonly phases: Uint8Array // [E]
  /** What the next step depends on (World.save), steps since the reset, and where the random stream is (Rng.save). */
  readonly saved: Float64Array // [E, saveSize]
  readonly stepCounts: Float64Array // [E]
  readonly streams: Float64Array // [E, Rng.SIZE]
  readonly now: Seen
  /** The end of episodes that the last step ended, where it began the next ones too. Other rows are stale. */
  readonly final: Seen
  /** Rewards, which are the same for all agents. */
  readonly rewards: Float64Array // [E]
  readonly terminations: Uint8Array // [E]
  readonly truncations: Uint8Array // [E]
  /** Whether the task was done in the episode, of tasks where that has a meaning. */
  readonly successes: Uint8Array | undefined // [E]
}

export function makeArrays({ spec, body, goal }: MujocoTask, numEnvs: number): VectorArrays {
  const floats = (width: number) => new Float64Array(new SharedArrayBuffer(8 * numEnvs * width)) // [E, width]
  const bytes = () => new Uint8Array(new SharedArrayBuffer(numEnvs)) // [E]
  const seen = (): Seen => ({
    observations: spec.agents.map(({ observationNames }) => floats(observationNames.length)),
    states: floats(spec.stateNames.length),
  })
  const seeds = floats(1)
  for (let e = 0; e < numEnvs; e++) seeds[e] = e // as if the first reset had seed 0
  return {
    mask: bytes(),
    seeds,
    controls: floats(body.actuators.length),
    phases: bytes(),
    saved: floats(saveSizeOf(body, goal)),
    stepCounts: floats(1),
    streams: floats(Rng.SIZE),
    now: seen(),
    final: seen(),
    rewards: floats(1),
    terminations: bytes(),
    truncations: bytes(),
    successes: goal.succeeded && bytes(),
  }
}
