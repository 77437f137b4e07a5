// What runs train steps. An engine that can't be had is an error: nothing falls back silently.
import { DimaError } from '../../common/errors.ts'
import type { NamedTensors } from '../../common/tensors.ts'
import type { TrainStepOptions } from '../../graph/train-step.ts'
import { onnxEngine } from './onnx.ts'
import { tfjsEngine } from './tfjs.ts'

export interface StepRunner {
  /** Runs one step; results named in `into` are written there. */
  run(inputs: NamedTensors, into: NamedTensors): Promise<NamedTensors>
  release(): Promise<void>
}

export type Engine = (step: TrainStepOptions) => Promise<StepRunner>

export const ENGINE_NAMES = ['onnx', 'tfjs-cpu', 'tfjs-node-gpu'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

export async function createEngine(name: EngineName, threads: number): Promise<Engine> {
  if (name === 'onnx') return onnxEngine(threads)
  if (name === 'tfjs-cpu') return tfjsEngine('cpu', () => import('@tensorflow/tfjs-backend-cpu'))
  // Optional peer dependency: its installation downloads libtensorflow, so it is named at run time only.
  const optional = '@tensorflow/tfjs-node-gpu'
  return tfjsEngine('tensorflow', () => import(optional)).catch((cause: Error) => {
    throw new DimaError('invalid_config', `engine tfjs-node-gpu can't be loaded: ${cause.message}`)
  })
}
