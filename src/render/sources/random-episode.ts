// An episode of the random policy, played for the picture.

import { Rng } from '../../common/rng.ts'
import { makeMujocoEnv } from '../../env/make-env.ts'
import type { MujocoTask } from '../../env/mujoco/task.ts'
import { simulate } from '../../env/simulate.ts'
import { gaussianPolicy } from '../../episodes/replay/collect.ts'
import { RANDOM_STD } from '../../episodes/sources/random-actions.ts'
import type { Trajectory } from '../trajectory.ts'
import { ofSimulated } from './simulated.ts'

/** Ends with the episode, or after `steps` steps. */
export async function randomEpisode({ spec }: MujocoTask, seed: number, steps: number): Promise<Trajectory> {
  const env = await makeMujocoEnv(spec.name)
  const policy = gaussianPolicy(env, RANDOM_STD)
  const rng = new Rng(seed, 'render')
  const act = (step: number, seen: Parameters<typeof policy>[0]) =>
    step < steps ? policy(seen, rng) : undefined
  const episode = simulate(env, spec, { seed }, act)
  env.close()
  return ofSimulated(episode)
}
