// Start states that the bundle brings, so that a session can begin without a simulator at hand.
import { Rng } from '../common/rng.ts'
import type { ParallelEnv } from '../env/parallel-env.ts'
import type { Starts } from '../registry/manifest.ts'
import { short } from './examples.ts'

const STARTS = 64

/** States of the environment's own reset, on a stream of their own: the same every time. */
export function createStarts(env: ParallelEnv): Starts {
  const rng = new Rng('starts')
  const starts = Array.from({ length: STARTS }, () => {
    env.reset({ seed: rng.uint32() })
    return { states: [short([...env.state()]) as number[]], actions: [] }
  })
  return { starts }
}
