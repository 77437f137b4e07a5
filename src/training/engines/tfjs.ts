// Runs the train step eagerly on a tfjs backend: the oracle (tfjs-cpu), or a GPU where tfjs-node-gpu is installed.
import * as tf from '@tensorflow/tfjs-core'
import { eagerTrainStep } from '../../graph/train-step.ts'
import type { Engine } from './engine.ts'

export async function tfjsEngine(backend: string, load: () => Promise<unknown>): Promise<Engine> {
  await load()
  if (!(await tf.setBackend(backend))) throw new Error(`the tfjs backend ${backend} does not start`)
  return async (options) => {
    const step = eagerTrainStep(options)
    return {
      run: async (inputs, into) => {
        await tf.setBackend(backend) // tracing for evaluation or export may have changed it
        const outputs = step(inputs)
        for (const [name, { data }] of Object.entries(into)) data.set(outputs[name]!.data)
        return outputs
      },
      release: async () => {},
    }
  }
}
