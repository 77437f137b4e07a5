// A program that uses a vector environment. Its argument: `close`, or `forget`.
import { makeVectorEnv } from '../../../src/env/vector/make-vector-env.ts'

const actions = { agent_0: new Float64Array(6), agent_1: new Float64Array(6) }
for (const workers of [0, 2]) {
  const env = await makeVectorEnv('HalfCheetah-2x3', { numEnvs: 2, workers })
  await env.reset({ seed: 1 })
  const { rewards } = await env.step(actions)
  if (process.argv[2] === 'close') await env.close()
  console.log(rewards.agent_0!.join())
}
