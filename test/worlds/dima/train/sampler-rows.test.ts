// `samplerShare`: the last rows of a batch go through the two levels of the plan joint as a sampler does.
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { type DenoiserInput, precondition } from '../../../../src/worlds/dima/networks/denoiser.ts'
import { noiseLevels } from '../../../../src/worlds/dima/serve/plan.ts'
import { sampledRows } from '../../../../src/worlds/dima/train/denoiser-batch.ts'
import { errorsOf, type Rows } from '../../../../src/worlds/dima/train/denoiser-errors.ts'
import { SAMPLING } from '../../../../src/worlds/dima/train/steps.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { configOf } from '../../../runs/fixture.ts'

beforeAll(() => tf.setBackend('cpu'))

const [B, S, SAMPLED, OFFSET] = [5, 3, 2, 0.1]
const rng = new Rng('sampler rows')
const normal = (...shape: number[]) => tf.tensor(rng.normals(shape.reduce((a, b) => a * b)), shape)
const drawn = { noise: normal(B, S), sigma: tf.tensor2d([0.2, 3, 1, 0.5, 0.7], [B, 1]) }
const rows: Rows = {
  clean: normal(B, S),
  context: normal(B, 3, S),
  embedding: normal(B, 4),
  valid: tf.tensor2d([1, 0, 1, 1, 0], [B, 1]),
}
const entryWeights = tf.tensor1d([0.2, 0.3, 0.5])
const [first, second] = noiseLevels(SAMPLING.jointSteps, SAMPLING) as [number, number]

/** Predicts w plus half of what is noisy, and keeps what it was asked. */
function asked(w: tf.Tensor, sampled: number) {
  const inputs: DenoiserInput[] = []
  const predict = (input: DenoiserInput) => {
    inputs.push(input)
    return tf.add(tf.mul(input.noisy, 0.5), w)
  }
  return { inputs, errors: errorsOf({ predict, offsetNoise: OFFSET, entryWeights }, rows, drawn, sampled) }
}

const tail = (x: tf.Tensor) => tf.slice(x, [B - SAMPLED], [SAMPLED])
const values = (x: tf.Tensor) => [...x.dataSync()]

/** D of a level. */
function estimate(noisy: tf.Tensor, sigma: number) {
  const { cSkip, cOut } = precondition(tf.fill([SAMPLED, 1], sigma), OFFSET)
  return tf.add(tf.mul(cSkip, noisy), tf.mul(cOut, tf.add(tf.mul(noisy, 0.5), 0.3)))
}

test('the first level begins with noise alone, the second with where Euler comes from there', () => {
  const { inputs, errors } = asked(tf.scalar(0.3), SAMPLED)
  expect(inputs).toHaveLength(2)
  const begun = tf.mul(tail(drawn.noise), first)
  expectClose(values(tail(inputs[0]!.noisy)), values(begun), CLOSE.float32)
  expectClose(
    values(inputs[0]!.sigma),
    [...values(drawn.sigma).slice(0, B - SAMPLED), first, first],
    CLOSE.float32,
  )
  const moved = tf.add(begun, tf.mul(tf.sub(begun, estimate(begun, first)), (second - first) / first))
  expectClose(values(inputs[1]!.noisy), values(moved), CLOSE.float32)
  expectClose(values(inputs[1]!.sigma), [second, second], CLOSE.float32)
  expect(values(inputs[1]!.context)).toEqual(values(tail(rows.context)))
  expect(values(inputs[1]!.embedding)).toEqual(values(tail(rows.embedding)))
  expectClose(values(tail(errors.estimate)), values(estimate(moved, second)), CLOSE.float32)
})

test('the other rows are as without them', () => {
  const [some, none] = [asked(tf.scalar(0.3), SAMPLED), asked(tf.scalar(0.3), 0)]
  expect(none.inputs).toHaveLength(1)
  const own = (x: tf.Tensor) => values(tf.slice(x, [0], [B - SAMPLED]))
  expect(own(some.inputs[0]!.noisy)).toEqual(own(none.inputs[0]!.noisy))
  expect(own(some.errors.estimate)).toEqual(own(none.errors.estimate))
})

test('errors of both levels count where the row is valid', () => {
  const { errors, inputs } = asked(tf.scalar(0.3), SAMPLED)
  const [once, twice] = inputs.map(({ noisy, sigma }) => {
    const clean = noisy.shape[0] === B ? rows.clean : tail(rows.clean)
    const { cSkip, cOut } = precondition(sigma, OFFSET)
    const target = tf.div(tf.sub(clean, tf.mul(cSkip, noisy)), cOut)
    const squares = tf.squaredDifference(tf.add(tf.mul(noisy, 0.5), 0.3), target)
    return values(tf.sum(tf.mul(squares, entryWeights), 1))
  })
  expect(errors.count.dataSync()[0]).toBe(4) // rows 0, 2 and 3 at one level, row 3 at the second
  expectClose(values(errors.sum), [once![0]! + once![2]! + once![3]! + twice![0]!], CLOSE.float32)
})

test('no gradient flows through the estimate of the first level', () => {
  const sumOf = (w: tf.Tensor) => asked(w, SAMPLED).errors.sum as tf.Scalar
  const gradient = tf.grad(sumOf)(tf.scalar(0.3)).dataSync()[0]!
  const { inputs } = asked(tf.scalar(0.3), SAMPLED)
  // d sum / d w with what is noisy held fixed: 2 weights . (F - target), since dF/dw = 1
  const slopes = inputs.flatMap(({ noisy, sigma }) => {
    const whole = noisy.shape[0] === B
    const { cSkip, cOut } = precondition(sigma, OFFSET)
    const target = tf.div(tf.sub(whole ? rows.clean : tail(rows.clean), tf.mul(cSkip, noisy)), cOut)
    const rest = tf.sub(tf.add(tf.mul(noisy, 0.5), 0.3), target)
    const each = values(tf.sum(tf.mul(tf.mul(rest, entryWeights), 2), 1))
    const valid = values(whole ? rows.valid : tail(rows.valid))
    return each.map((slope, i) => slope * valid[i]!)
  })
  expectClose([gradient], [slopes.reduce((a, b) => a + b, 0)], CLOSE.float32)
})

test('the share is of the rows of a batch', () => {
  const { denoiser } = configOf().hyperparameters
  expect(sampledRows(denoiser)).toBe(0)
  expect(sampledRows({ ...denoiser, batch: 102, samplerShare: 0.25 })).toBe(26)
})
