// A vector environment stepped under random actions for some time.
import { makeVectorEnv } from '../../../src/env/vector/make-vector-env.ts'
import { xorshift } from './random.ts'

/** Joint actions drawn beforehand: drawing is the caller's work. */
const DRAWN = 31

export interface VectorStepper {
  /** Environment steps per second of time on the wall. */
  run(seconds: number): Promise<number>
  close(): Promise<void>
}

export async function openVector(task: string, numEnvs: number, workers: number): Promise<VectorStepper> {
  const env = await makeVectorEnv(task, { numEnvs, workers, autoreset: 'next_step', copy: false })
  const draw = xorshift(1)
  const actions = Array.from({ length: DRAWN }, () =>
    Object.fromEntries(
      env.possibleAgents.map((agent) => {
        const size = env.actionSpace(agent).shape[0]! * numEnvs
        return [agent, Float64Array.from({ length: size }, draw)]
      }),
    ),
  )
  await env.reset({ seed: 1 })
  return {
    async run(seconds) {
      const began = performance.now()
      for (let calls = 1; ; calls++) {
        await env.step(actions[calls % DRAWN]!)
        const used = (performance.now() - began) / 1000
        if (used >= seconds) return (calls * numEnvs) / used
      }
    },
    close: () => env.close(),
  }
}
