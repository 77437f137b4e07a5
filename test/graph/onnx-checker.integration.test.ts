import { describe, expect, test } from 'vitest'
import { initialValues } from '../../src/common/parameters.ts'
import { compileForward } from '../../src/graph/forward.ts'
import { compileTrainLoop } from '../../src/graph/train-loop.ts'
import { compileTrainStep } from '../../src/graph/train-step.ts'
import { checkOnnx, missingChecker } from '../onnx-checker.ts'
import { mlp, mlpForward, mlpParameters } from './networks.ts'

const title = missingChecker ? `ONNX's own checker (skipped: ${missingChecker})` : "ONNX's own checker"

describe.skipIf(missingChecker)(title, () => {
  test('accepts a training step', () => {
    checkOnnx(compileTrainStep(mlp(4)).bytes)
  })

  test('accepts a training step whose Splits became Slices', () => {
    checkOnnx(compileTrainStep({ ...mlp(4), maxSplitOutputs: 1 }).bytes)
  })

  test('accepts training steps in a Loop', () => {
    checkOnnx(compileTrainLoop(mlp(4), 3).bytes)
  })

  test('accepts a forward graph with a dynamic batch', () => {
    const values = initialValues(mlpParameters(), 1)
    const weights = new Map(
      mlpParameters().map(({ name, shape }) => [name, { shape, data: values.get(name)! }]),
    )
    checkOnnx(
      compileForward({
        name: 'mlp',
        weights,
        inputs: (batch) => [{ name: 'x', shape: [batch, 4] }],
        build: (w, { x }) => ({ y: mlpForward(w, x!) }),
      }),
    )
  })

  test('refuses bytes that are no model', () => {
    expect(() => checkOnnx(new Uint8Array([1, 2, 3]))).toThrow()
  })
})
