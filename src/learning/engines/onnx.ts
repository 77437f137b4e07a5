// The default engine: the whole train step as one ONNX graph, run by ONNX Runtime on the CPU or another device.

import { openGraphSession } from '../../engine/session.ts'
import { compileTrainLoop } from '../../graph/train-loop.ts'
import { compileTrainStep } from '../../graph/train-step.ts'
import type { Engine, EngineOptions, StepRunner } from './engine.ts'
import { graphOptions } from './graph-options.ts'

export const onnxEngine =
  ({ stepsPerCall, ...session }: EngineOptions): Engine =>
  async (options) => {
    const step = { ...options, ...graphOptions(session.device) }
    const single = await openGraphSession(compileTrainStep(step).bytes, session)
    const runner = {
      run: (inputs, into) => single.run(inputs, into),
      release: () => single.release(),
    } satisfies StepRunner
    if (stepsPerCall === undefined) return runner
    const loop = await openGraphSession(compileTrainLoop(step, stepsPerCall).bytes, session)
    return {
      ...runner,
      runMany: (inputs, into) => loop.run(inputs, into),
      release: async () => {
        await single.release()
        await loop.release()
      },
    }
  }
