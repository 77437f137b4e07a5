// The default engine: the whole train step as one ONNX graph, run by ONNX Runtime.
import { compileTrainStep } from '../../graph/train-step.ts'
import { openSession } from '../../inference/session.ts'
import type { Engine } from './engine.ts'

export const onnxEngine =
  (threads: number): Engine =>
  async (step) => {
    const session = await openSession(compileTrainStep(step).bytes, { threads })
    return { run: (inputs, into) => session.run(inputs, into), release: () => session.release() }
  }
