// Runs the train step eagerly on a tfjs backend: the oracle (tfjs-cpu), or a GPU where tfjs-node-gpu is installed.
import * as tf from '@tensorflow/tfjs-core'
import type { NamedTensors } from '../../common/tensors.ts'
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

type Tensors = Record<string, tf.Tensor>

/** Runs a network on tfjs-cpu, the oracle that exported graphs are checked against. */
export async function runOnCpu(
  build: (weights: Tensors, inputs: Tensors) => Tensors,
  weights: NamedTensors,
  inputs: NamedTensors,
): Promise<NamedTensors> {
  await import('@tensorflow/tfjs-backend-cpu')
  await tf.setBackend('cpu')
  const toTensors = (named: NamedTensors) =>
    Object.fromEntries(Object.entries(named).map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]))
  tf.engine().startScope()
  try {
    const outputs = Object.entries(build(toTensors(weights), toTensors(inputs)))
    return Object.fromEntries(
      outputs.map(([name, value]) => [
        name,
        { data: Float32Array.from(value.dataSync()), shape: [...value.shape] },
      ]),
    )
  } finally {
    tf.engine().endScope()
  }
}
