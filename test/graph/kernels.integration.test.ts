import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { sizeOf } from '../../src/common/tensors.ts'
import type { ValueSpec } from '../../src/graph/graph.ts'
import { kernelNames } from '../../src/graph/kernels.ts'
import { type Tensors, traceGraph } from '../../src/graph/trace.ts'
import { type CaseInput, type KernelCase, kernelCases } from './kernel-cases.ts'
import { expectClose, type Feed, loadOnnx, useCpu } from './run-onnx.ts'

beforeAll(useCpu)

type Build = (inputs: Tensors) => Tensors

test('every kernel has a case', () => {
  expect(new Set(kernelCases.map(({ kernel }) => kernel))).toEqual(new Set(kernelNames))
})

describe.each(kernelCases)('$title', (kernelCase) => {
  const { kernel, inputs, run, oracle = run } = kernelCase

  test('has the value of tfjs-cpu', async () => {
    const runKernel = vi.spyOn(tf.engine(), 'runKernel')
    await expectSame(
      inputs,
      (x) => named('y', run(x)),
      (x) => named('y', oracle(x)),
      runKernel.mockClear,
    )
    expect(runKernel.mock.calls.map(([name]) => name)).toContain(kernel)
    runKernel.mockRestore()
  })

  const names = differentiable(kernelCase)
  if (names.length === 0) return
  test('has the gradient of tfjs-cpu', async () => {
    const count = tf.tidy(() => flat(oracle(eagerInputs(inputs, drawn(inputs)))).size)
    const withUpstream = { ...inputs, dy: { shape: [count] } }
    await expectSame(withUpstream, gradients(run, names), gradients(oracle, names))
  })
})

const differentiable = ({ inputs, gradient }: KernelCase): string[] =>
  gradient ?? Object.keys(inputs).filter((name) => (inputs[name]!.dtype ?? 'float32') === 'float32')

const named = (name: string, result: tf.Tensor | tf.Tensor[]): Tensors =>
  Object.fromEntries([result].flat().map((tensor, i) => [`${name}.${i}`, tensor]))

/** All outputs as one vector, so that one upstream gradient serves them. */
const flat = (result: tf.Tensor | tf.Tensor[]): tf.Tensor =>
  tf.concat([result].flat().map((tensor) => tf.reshape(tensor, [-1])))

/** The gradients by the named inputs, given the upstream gradient `dy`. */
const gradients =
  (run: KernelCase['run'], names: string[]): Build =>
  (inputs) => {
    const f = (...values: tf.Tensor[]) =>
      flat(run({ ...inputs, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) }))
    const { grads } = tf.valueAndGrads(f)(
      names.map((name) => inputs[name]!),
      inputs.dy!,
    )
    return named('gradient', grads)
  }

const specsOf = (inputs: Record<string, CaseInput>): ValueSpec[] =>
  Object.entries(inputs).map(([name, { shape, dtype = 'float32' }]) => ({
    name,
    shape,
    dtype,
    optional: true,
  }))

const drawn = (inputs: Record<string, CaseInput>): Record<string, Feed> =>
  Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, draw(name, input)]))

function draw(name: string, { shape, dtype = 'float32', low = -2, high = 2 }: CaseInput): Feed {
  const rng = new Rng('kernels', name)
  const uniform = () => low + (high - low) * rng.uniform()
  const next = dtype === 'float32' ? () => Math.fround(uniform()) : () => Math.floor(uniform())
  return { shape, data: Array.from({ length: sizeOf(shape) }, next) }
}

const eagerInputs = (inputs: Record<string, CaseInput>, feeds: Record<string, Feed>): Tensors =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype = 'float32' }]) => [
      name,
      tf.tensor([...(feeds[name]!.data as number[])], feeds[name]!.shape, dtype),
    ]),
  )

/** Runs `traced` as a graph and `eager` on tfjs-cpu with the same random inputs; calls `beforeTrace` in between. */
async function expectSame(
  inputs: Record<string, CaseInput>,
  traced: Build,
  eager: Build,
  beforeTrace = () => {},
) {
  const feeds = drawn(inputs)
  const expected = eager(eagerInputs(inputs, feeds))
  beforeTrace()
  const graph = traceGraph({ name: 'kernel', inputs: specsOf(inputs), build: traced })
  const actual = await (await loadOnnx(graph.bytes, graph.inputs))(feeds)
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, tensor] of Object.entries(expected)) {
    expect(actual[name]!.shape).toEqual(tensor.shape)
    expect(graph.outputs.find((output) => output.name === name)!.dtype).toBe(tensor.dtype)
    expectClose(actual[name]!.data, tensor.dataSync(), { atol: 2e-6, rtol: 1e-5 })
  }
}
