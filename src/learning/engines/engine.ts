// What runs train steps. An engine that can't be had is an error: nothing falls back silently.
import { DimaError } from '../../common/errors.ts'
import type { Feeds, NamedTensors } from '../../common/tensors.ts'
import type { Device } from '../../engine/device.ts'
import type { TrainStepOptions } from '../../graph/train-step.ts'
import { onnxEngine } from './onnx.ts'
import { tfjsEngine } from './tfjs.ts'

export interface StepRunner {
  /** Runs one step; results named in `into` are written there. */
  run(inputs: Feeds, into: NamedTensors): Promise<NamedTensors>
  /**
   * Runs exactly `stepsPerCall` steps in one call, with the same result. Data and rates are those of every step, [K, ...];
   * losses and metrics come back as [K]. Only where an engine got `stepsPerCall`.
   */
  runMany?(inputs: Feeds, into: NamedTensors): Promise<NamedTensors>
  release(): Promise<void>
}

export type Engine = (step: TrainStepOptions) => Promise<StepRunner>

export const ENGINE_NAMES = ['onnx', 'tfjs-cpu', 'tfjs-node-gpu'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

export interface EngineOptions {
  /** ONNX Runtime threads; default 1 */
  threads?: number
  /** what engine onnx computes on; default cpu */
  device?: Device
  /** K: compiles a Loop of K steps beside the single step, for `runMany`; engine onnx only */
  stepsPerCall?: number
}

/** @param given the number of threads, or all options */
export async function createEngine(name: EngineName, given: number | EngineOptions = {}): Promise<Engine> {
  const options = typeof given === 'number' ? { threads: given } : given
  if (name === 'onnx') return onnxEngine(options)
  refuseOptions(name, options)
  if (name === 'tfjs-cpu') return tfjsEngine('cpu', () => import('@tensorflow/tfjs-backend-cpu'))
  // Optional peer dependency: its installation downloads libtensorflow, so it is named at run time only.
  const optional = '@tensorflow/tfjs-node-gpu'
  return tfjsEngine('tensorflow', () => import(optional)).catch((cause: Error) => {
    throw new DimaError(
      'invalid_config',
      `engine tfjs-node-gpu can't be loaded: ${cause.message}. See docs/devices.md`,
    )
  })
}

/** tfjs backends bring their own device and run one step a call. */
function refuseOptions(engine: EngineName, { device = 'cpu', stepsPerCall }: EngineOptions): void {
  const refuse = (field: string, given: string | number) => {
    throw new DimaError('invalid_config', `${field} ${given} is for engine onnx, not ${engine}`, {
      field,
      given,
    })
  }
  if (device !== 'cpu') refuse('device', device)
  if (stepsPerCall !== undefined) refuse('stepsPerCall', stepsPerCall)
}
