import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { initialValues } from '../../src/common/parameters.ts'
import { Rng } from '../../src/common/rng.ts'
import { sizeOf } from '../../src/common/tensors.ts'
import { compileForward, type ForwardOptions } from '../../src/graph/forward.ts'
import { decodeModel } from '../../src/graph/onnx.ts'
import { mlpForward, mlpParameters } from './networks.ts'
import { expectClose, loadOnnx, useCpu } from './run-onnx.ts'

beforeAll(useCpu)

const values = initialValues(mlpParameters(), 3)
const weights = new Map(mlpParameters().map(({ name, shape }) => [name, { shape, data: values.get(name)! }]))

type Case = Pick<ForwardOptions, 'inputs' | 'build'>

const x = (...rest: number[]) => ({
  inputs: (batch: number) => [{ name: 'x', shape: [batch, ...rest] }],
})

const cases: Record<string, Case> = {
  'an MLP with layer norm': { ...x(4), build: (w, inputs) => ({ y: mlpForward(w, inputs.x!) }) },
  'a reshape with one dynamic size': {
    ...x(3, 4),
    build: (_, inputs) => ({ y: tf.reshape(tf.transpose(inputs.x!, [1, 0, 2]), [-1, 2]) }),
  },
  'a reshape with two dynamic sizes': {
    inputs: (batch) => [{ name: 'x', shape: [batch, batch * 2] }],
    build: (_, inputs) => ({ y: tf.reshape(inputs.x!, [2 * inputs.x!.shape[0]!, inputs.x!.shape[0]!]) }),
  },
  'halves of a doubled batch': {
    ...x(3),
    build: (_, inputs) => {
      const [batch, width] = inputs.x!.shape as [number, number]
      const doubled = tf.concat([inputs.x!, tf.mul(inputs.x!, 2)])
      return { y: tf.slice(doubled, [batch, 0], [batch, width]), all: doubled }
    },
  },
  'a split of a doubled batch': {
    ...x(3),
    build: (_, inputs) => {
      const [first, second] = tf.split(tf.concat([inputs.x!, tf.exp(inputs.x!)]), 2)
      return { y: tf.sub(first!, second!) }
    },
  },
  'zeros of the batch size': {
    ...x(3),
    build: (_, inputs) => ({ y: tf.concat([tf.zeros([inputs.x!.shape[0]!, 2]), inputs.x!], 1) }),
  },
  'a token repeated for each row': {
    ...x(3),
    build: (w, inputs) => ({
      y: tf.concat([tf.tile(tf.reshape(w['out.bias']!, [1, 3]), [inputs.x!.shape[0]!, 1]), inputs.x!], 1),
    }),
  },
  'a repeated batch': { ...x(3), build: (_, inputs) => ({ y: tf.tile(inputs.x!, [2, 1]) }) },
  'padding of the batch axis': {
    ...x(3),
    build: (_, inputs) => ({
      y: tf.pad(inputs.x!, [
        [1, 0],
        [0, 2],
      ]),
    }),
  },
}

describe.each(Object.entries(cases))('%s', (_, options) => {
  test('is right at batch sizes 1, 2 and 11', async () => {
    const bytes = compileForward({ name: 'forward', weights, ...options })
    const run = await loadOnnx(bytes, [{ name: 'x', dtype: 'float32' }])
    for (const batch of [1, 2, 11]) {
      const { shape } = options.inputs(batch)[0]!
      const data = new Rng(batch).normals(sizeOf(shape))
      const actual = await run({ x: { data, shape } })
      const eager = tf.tidy(() => {
        const w = Object.fromEntries(
          [...weights].map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
        )
        return options.build(w, { x: tf.tensor(data, shape) })
      })
      for (const [name, tensor] of Object.entries(eager)) {
        expect(actual[name]!.shape).toEqual(tensor.shape)
        expectClose(actual[name]!.data, tensor.dataSync(), { atol: 1e-6, rtol: 1e-5 })
      }
    }
  })
})

const compile = (build: ForwardOptions['build']) =>
  compileForward({ name: 'forward', weights, ...x(3), build })

test('names the dynamic dimensions', () => {
  const bytes = compile((_, inputs) => ({ y: tf.concat([inputs.x!, inputs.x!]) }))
  const { input, output } = decodeModel(bytes).graph
  expect(input[0]!.type.tensorType.shape.dim).toEqual([{ dimParam: 'batch' }, { dimValue: 3 }])
  expect(output[0]!.type.tensorType.shape.dim).toEqual([{ dimParam: 'batch_times_2' }, { dimValue: 3 }])
})

test('embeds the used weights under their own names', () => {
  const bytes = compile((w, inputs) => ({ y: tf.add(inputs.x!, w['out.bias']!) }))
  expect(decodeModel(bytes).graph.initializer.map(({ name }) => name)).toEqual(['out.bias'])
})

test('refuses a constant whose values depend on the batch size, naming the op', () => {
  const rowNumber = (batch: number) => tf.reshape(tf.range(0, batch), [batch, 1])
  expect(() => compile((_, { x }) => ({ y: tf.add(x!, rowNumber(x!.shape[0]!)) }))).toThrow(
    /Add reads depends on the batch/,
  )
  expect(() => compile((_, { x }) => ({ y: tf.div(x!, x!.shape[0]!) }))).toThrow(
    /Div reads depends on the batch/,
  )
})

test('refuses a structure that depends on the batch size', () => {
  const build: ForwardOptions['build'] = (_, { x }) => ({ y: x!.shape[0]! > 100 ? tf.exp(x!) : tf.sin(x!) })
  expect(() => compile(build)).toThrow(/Sin depends on the batch size/)
})
