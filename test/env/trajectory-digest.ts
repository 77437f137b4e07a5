// One number for everything that two short episodes say, to compare across processes.
import { createHash } from 'node:crypto'
import { Rng } from '../../src/common/rng.ts'
import { makeEnv } from '../../src/env/make-env.ts'
import { sampleActions } from './check-parallel-env.ts'

const STEPS = 150

export async function trajectoryDigest(task: string): Promise<string> {
  const env = await makeEnv(task)
  const hash = createHash('sha256')
  const rng = new Rng('digest')
  for (const options of [{ seed: 11 }, {}]) {
    for (const values of Object.values(env.reset(options).observations)) hash.update(values)
    for (let i = 0; i < STEPS && env.agents.length > 0; i++) {
      const { observations, rewards } = env.step(sampleActions(env, rng))
      for (const values of [...Object.values(observations), env.state()]) hash.update(values)
      hash.update(Float64Array.from(Object.values(rewards)))
    }
  }
  env.close()
  return hash.digest('hex')
}
