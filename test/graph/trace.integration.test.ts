import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ValueSpec } from '../../src/graph/graph.ts'
import { decodeModel } from '../../src/graph/onnx.ts'
import { type Tensors, type TracedGraph, traceGraph } from '../../src/graph/trace.ts'
import { expectClose, loadOnnx, useCpu } from './run-onnx.ts'

beforeAll(useCpu)
afterEach(() => expect(tf.getBackend()).toBe('cpu'))

const X: ValueSpec = { name: 'x', shape: [2, 6] }
const DATA = Array.from({ length: 12 }, (_, i) => i - 5)

const traceX = (f: (x: tf.Tensor) => Tensors, options = {}): TracedGraph =>
  traceGraph({ name: 'test', inputs: [X], build: ({ x }) => f(x!), ...options })

const ops = ({ nodes }: TracedGraph) => nodes.map(({ op }) => op)

async function runX(graph: TracedGraph) {
  const run = await loadOnnx(graph.bytes, graph.inputs)
  return run({ x: { data: DATA, shape: X.shape } })
}

describe('a trace', () => {
  test('lists inputs and outputs with static shapes and types', () => {
    const graph = traceX((x) => ({ sum: tf.sum(x, 1), positive: tf.greater(x, 0) }))
    expect(graph.inputs).toEqual([{ name: 'x', shape: [2, 6], dtype: 'float32' }])
    expect(graph.outputs).toEqual([
      { name: 'sum', shape: [2], dtype: 'float32' },
      { name: 'positive', shape: [2, 6], dtype: 'bool' },
    ])
  })

  test('merges equal nodes', () => {
    expect(ops(traceX((x) => ({ y: tf.add(tf.exp(x), tf.exp(x)) })))).toEqual(['Exp', 'Add'])
  })

  test('joins reshapes of reshapes, and drops one that ends where it began', () => {
    const back = traceX((x) => ({ y: tf.exp(tf.reshape(tf.reshape(x, [12]), [2, 6])) }))
    expect(ops(back)).toEqual(['Exp'])
    const twice = traceX((x) => ({ y: tf.reshape(tf.expandDims(x, 0), [3, 4]) }))
    expect(ops(twice)).toEqual(['Reshape'])
  })

  test('a sum keeps its axes where they are given back, and sums nothing over axes of length one', async () => {
    const kept = traceX((x) => ({ y: tf.reshape(tf.exp(tf.reshape(tf.sum(x, 1), [2, 1])), [2, 1]) }))
    expect(ops(kept)).toEqual(['ReduceSum', 'Exp'])
    expectClose((await runX(kept)).y!.data, [Math.exp(-15), Math.exp(21)], { rtol: 1e-6 })
    const unit = traceX((x) => ({ y: tf.exp(tf.sum(tf.reshape(tf.neg(x), [1, 2, 1, 6]), [0, 2])) }))
    expect(ops(unit)).toEqual(['Neg', 'Exp'])
    const through = traceX((x) => ({ y: tf.sum(tf.reshape(x, [1, 2, 6]), [0, 1]) }))
    expect(ops(through)).toEqual(['ReduceSum'])
    expectClose((await runX(through)).y!.data, [-4, -2, 0, 2, 4, 6], {})
    const both = traceX((x) => ({ y: tf.add(tf.mean(x, 1, true), tf.mean(x, 1)) }))
    expectClose((await runX(both)).y!.data, [-5, 1, 1, 7], {})
  })

  test('a transpose that moves only axes of length one is a reshape', async () => {
    const graph = traceX((x) => ({ y: tf.transpose(tf.reshape(x, [1, 2, 1, 6]), [1, 2, 0, 3]) }))
    expect(ops(graph)).toEqual(['Reshape'])
    const { y } = await runX(graph)
    expect(y!.shape).toEqual([2, 1, 1, 6])
    expectClose(y!.data, DATA, {})
  })

  test('leaves out nodes that no output needs', () => {
    const graph = traceX((x) => {
      tf.sin(x)
      return { y: tf.cos(x) }
    })
    expect(ops(graph)).toEqual(['Cos'])
  })

  test('stores equal constants once and tells 0 from -0', () => {
    const constants = (...rows: number[][]) => {
      const graph = traceX((x) => ({ y: tf.addN(rows.map((row) => tf.pow(x, tf.tensor(row)))) }))
      return decodeModel(graph.bytes).graph.initializer.length
    }
    expect(constants([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])).toBe(1)
    expect(constants([0, 2, 3, 4, 5, 6], [-0, 2, 3, 4, 5, 6])).toBe(2)
  })

  test('stores a big uniform constant as a scalar', () => {
    const graph = traceX((x) => ({ y: tf.maximum(x, tf.fill([2, 6], 0.5)) }))
    expect(decodeModel(graph.bytes).graph.initializer.map(({ dims }) => dims)).toEqual([[]])
  })

  test('can return an input, a constant and one value under two names', async () => {
    const graph = traceX((x) => {
      const y = tf.neg(x)
      return { same: x, constant: tf.ones([2]), y, again: y }
    })
    const outputs = await runX(graph)
    expectClose(outputs.same!.data, DATA, {})
    expectClose(outputs.constant!.data, [1, 1], {})
    expectClose(outputs.y!.data, outputs.again!.data, {})
  })

  test('survives tidy and dispose of what is still needed by the graph', async () => {
    const graph = traceX((x) => {
      const y = tf.tidy(() => tf.mul(tf.exp(tf.mul(x, 0.1)), 2))
      const z = tf.add(y, 1)
      y.dispose()
      return { z }
    })
    expectClose(
      (await runX(graph)).z!.data,
      DATA.map((v) => 2 * Math.exp(0.1 * v) + 1),
      { rtol: 1e-6 },
    )
  })

  test('leaves no tensors behind', () => {
    const before = tf.memory()
    traceX((x) => ({ y: tf.softmax(tf.add(x, tf.ones([6]))) }))
    expect(tf.memory()).toMatchObject({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
    })
  })

  test('takes tensors of another backend as constants and leaves them usable', async () => {
    const outside = tf.tensor([1, 2, 3, 4, 5, 6])
    const graph = traceX((x) => ({ y: tf.mul(x, outside) }))
    expectClose(
      (await runX(graph)).y!.data,
      DATA.map((v, i) => v * ((i % 6) + 1)),
      {},
    )
    expectClose(tf.mul(outside, 2).dataSync(), [2, 4, 6, 8, 10, 12], {})
  })
})

describe('a Split with many outputs', () => {
  const parts = (x: tf.Tensor) => ({ y: tf.concat(tf.split(x, 6, 1).reverse(), 1) })
  const layers = (x: tf.Tensor) => ({ y: tf.stack(tf.unstack(x, 1).reverse(), 1) })

  test.each([{ build: parts }, { build: layers }])(
    'becomes Slices above maxSplitOutputs',
    async ({ build }) => {
      const split = traceX(build, { maxSplitOutputs: 6 })
      const sliced = traceX(build, { maxSplitOutputs: 5 })
      expect(ops(split).filter((op) => op === 'Split')).toHaveLength(1)
      expect(ops(sliced)).not.toContain('Split')
      expect(ops(sliced).filter((op) => op === 'Slice')).toHaveLength(6)
      expectClose((await runX(sliced)).y!.data, (await runX(split)).y!.data, {})
    },
  )
})

describe('reading values', () => {
  test('of a traced tensor throws, naming the value', () => {
    expect(() => traceX((x) => ({ y: tf.mul(x, x.dataSync()[0]!) }))).toThrow(/traced value x \[2,6\]/)
    expect(() => traceX((x) => ({ y: tf.mul(x, tf.sum(x).dataSync()[0]!) }))).toThrow(/ReduceSum/)
  })

  test('of a constant works', () => {
    const graph = traceX((x) => ({ y: tf.mul(x, tf.tensor([3, 4]).dataSync()[1]!) }))
    expect(ops(graph)).toEqual(['Mul'])
  })
})

describe('randomness', () => {
  const draws: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    rand: () => tf.rand([6], Math.random),
    randomNormal: () => tf.randomNormal([6]),
    'randomNormal with a seed': () => tf.randomNormal([6], 0, 1, 'float32', 7),
    randomStandardNormal: () => tf.randomStandardNormal([6]),
    randomUniform: () => tf.randomUniform([6]),
    randomUniformInt: () => tf.randomUniformInt([6], 0, 3),
    randomGamma: () => tf.randomGamma([6], 1),
    truncatedNormal: () => tf.truncatedNormal([6]),
    multinomial: (x) => tf.multinomial(x as tf.Tensor2D, 2),
    dropout: (x) => tf.dropout(x, 0.5),
  }

  test.each(Object.entries(draws))('%s throws under trace and works again afterwards', (_, draw) => {
    expect(() => traceX((x) => ({ y: tf.add(x, tf.sum(draw(x))) }))).toThrow(/randomness is an input/)
    expect(draw(tf.ones([2, 6])).size).toBeGreaterThan(0)
  })

  test('dropout at rate 0 draws nothing and is allowed', () => {
    expect(ops(traceX((x) => ({ y: tf.exp(tf.dropout(x, 0)) })))).toEqual(['Exp'])
  })
})

describe('mistakes are named:', () => {
  test('a kernel the tracer does not know', () => {
    expect(() => traceX((x) => ({ y: tf.atan2(x, x) }))).toThrow(/Atan2.*onnx-trace/)
  })

  test('a fused activation it does not know', () => {
    const build = (x: tf.Tensor) => ({ y: tf.fused.matMul({ a: x, b: tf.ones([6, 2]), activation: 'elu' }) })
    expect(() => traceX(build)).toThrow(/_FusedMatMul: the activation elu/)
  })

  test('an input that no output depends on', () => {
    const inputs = [X, { name: 'mask', shape: [2] }]
    const build = ({ x }: Tensors) => ({ y: tf.exp(x!) })
    expect(() => traceGraph({ name: 'test', inputs, build })).toThrow(/test: .* the input mask/)
  })

  test('but an optional input may stay unused', () => {
    const inputs = [X, { name: 'mask', shape: [2], optional: true }]
    const graph = traceGraph({ name: 'test', inputs, build: ({ x }) => ({ y: tf.exp(x!) }) })
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'mask'])
  })

  test('two inputs of one name, and an output named like an input', () => {
    expect(() => traceGraph({ name: 'test', inputs: [X, X], build: ({ x }) => ({ y: x! }) })).toThrow(
      /name x/,
    )
    expect(() => traceX((x) => ({ x: tf.exp(x) }))).toThrow(/name x/)
  })

  test('a dtype that graphs do not carry', () => {
    expect(() => traceX((x) => ({ y: tf.complex(x, x) }))).toThrow(/Complex|complex64/)
  })

  test('a trace inside a trace', () => {
    const nested = (x: tf.Tensor): Tensors => {
      traceX((y) => ({ y }))
      return { x }
    }
    expect(() => traceX(nested)).toThrow(/inside another trace/)
  })

  test('a tensor that belongs to another graph', () => {
    let leaked: tf.Tensor | undefined
    traceX((x) => {
      leaked = tf.keep(tf.exp(x))
      return { y: tf.neg(leaked) }
    })
    expect(() => traceX((x) => ({ y: tf.add(x, leaked!) }))).toThrow(/belongs to another graph/)
  })
})

test('the backend in use before is restored after a throw', () => {
  const failing = () => {
    throw new Error('from inside')
  }
  expect(() => traceX(failing)).toThrow('from inside')
  expect(tf.getBackend()).toBe('cpu')
  expectClose(tf.add(1, 2).dataSync(), [3], {})
})
