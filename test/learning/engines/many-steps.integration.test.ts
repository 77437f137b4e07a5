// The K-step Loop of every real objective equals K single steps, bit for bit.
import { expect, test } from 'vitest'
import { initialValues } from '../../../src/common/parameters.ts'
import { Rng } from '../../../src/common/rng.ts'
import { type Feeds, type NamedTensors, tensor } from '../../../src/common/tensors.ts'
import { packBuckets, planBuckets } from '../../../src/graph/train-step.ts'
import { createEngine, type StepRunner } from '../../../src/learning/engines/engine.ts'
import type { Objective } from '../../../src/learning/objectives.ts'
import type { NetworkName } from '../../../src/worlds/dima/train/world-model.ts'
import { sameBits } from '../../common/close.ts'
import { stackSteps } from '../../graph/stack-steps.ts'
import { randomData } from '../../runs/data.ts'
import { configOf } from '../../runs/fixture.ts'
import { trainingOf } from '../../runs/training.ts'

const K = 3
const scalar = (value: number) => tensor([], Float32Array.of(value))

/** State, weight decay and outputs to write into, for a network that begins. */
function begin({ parameters }: Objective) {
  const buckets = planBuckets(parameters)
  const p = packBuckets(buckets, initialValues(parameters, 1))
  const shared: NamedTensors = { weight_decay: scalar(0.01) }
  const into: NamedTensors = {}
  for (const [i, { size }] of buckets.entries()) {
    Object.assign(shared, { [`p.${i}`]: tensor([size], p[i]!), [`m.${i}`]: tensor([size]) })
    Object.assign(shared, { [`v.${i}`]: tensor([size]) })
    for (const kind of ['p', 'm', 'v']) into[`next.${kind}.${i}`] = tensor([size])
  }
  return { shared, into }
}

const ratesOf = (t: number): NamedTensors => ({
  learning_rate: scalar(1e-3 / t),
  bias_correction1: scalar(1 - 0.9 ** t),
  bias_correction2: scalar(1 - 0.999 ** t),
})

async function single(runner: StepRunner, objective: Objective, steps: Feeds[]) {
  let { shared } = begin(objective)
  const losses: number[] = []
  let outputs: NamedTensors = {}
  for (const step of steps) {
    outputs = await runner.run({ ...shared, ...step }, {})
    losses.push(outputs.loss!.data[0]!)
    const state = Object.entries(outputs).filter(([name]) => name.startsWith('next.'))
    shared = { ...shared, ...Object.fromEntries(state.map(([name, value]) => [name.slice(5), value])) }
  }
  return { losses, outputs }
}

const config = configOf()
const networks = { ...config.networks, reward: { ...config.networks.reward, dropout: 0.1 } }

test.each<NetworkName>(['decoder', 'denoiser', 'reward'])('%s', async (network) => {
  const { objective, draw } = trainingOf(network, { ...config, networks })
  const runner = await (await createEngine('onnx', { stepsPerCall: K }))({ ...objective, clipNorm: 1 })
  const data = randomData()
  const steps = Array.from({ length: K }, (_, k) => ({
    ...draw(data, new Rng('batch', k)),
    ...ratesOf(k + 1),
  }))
  const expected = await single(runner, objective, steps)
  const { shared, into } = begin(objective)
  const outputs = await runner.runMany!({ ...shared, ...stackSteps<Feeds>(steps) }, into)
  expect([...outputs.loss!.data]).toEqual(expected.losses)
  for (const [name, { data }] of Object.entries(into))
    expect(sameBits(data, expected.outputs[name]!.data), name).toBe(true)
  expect(sameBits(into['next.p.0']!.data, shared['p.0']!.data)).toBe(false)
  await runner.release()
})

test('takes as many steps as it was compiled for, no others', async () => {
  const { objective: decoder, draw } = trainingOf('decoder', config)
  const runner = await (await createEngine('onnx', { stepsPerCall: 2 }))({ ...decoder, clipNorm: 1 })
  const step = { ...draw(randomData(), new Rng('batch')), ...ratesOf(1) }
  const { shared } = begin(decoder)
  const three = { ...shared, ...stackSteps<Feeds>([step, step, step]) }
  await expect(runner.runMany!(three, {})).rejects.toThrow(/invalid dimensions/i)
  await runner.release()
})

test('an engine of single steps compiles no Loop', async () => {
  const { objective: decoder } = trainingOf('decoder', config)
  const runner = await (await createEngine('onnx', 1))({ ...decoder, clipNorm: 1 })
  expect(runner.runMany).toBeUndefined()
  await runner.release()
})
