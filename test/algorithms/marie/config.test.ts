// What a MARIE run is by its flags, and what is refused.
import { expect, test } from 'vitest'
import { marieConfig, restoreMarie } from '../../../src/algorithms/marie/config.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/marie/networks/presets.ts'
import { parseTrainFlags } from '../flags.ts'

const resolve = (...argv: string[]) => marieConfig(parseTrainFlags('--algorithm', 'marie', ...argv))

test('preset paper has the values of the original', () => {
  const { hyperparameters, networks, steps } = resolve('--preset', 'paper')
  expect(networks).toEqual(NETWORK_PRESETS.paper)
  expect(steps).toBe(100_000)
  expect(hyperparameters).toMatchObject({
    ...{ stepsPerEpoch: 200, warmupSteps: 500, capacity: 250_000 },
    tokenizer: { batch: 256, updatesPerEpoch: 100, fromEpoch: 1, learningRate: 3e-4, clipNorm: 10 },
    world: { sequences: 40, updatesPerEpoch: 200, fromEpoch: 10, learningRate: 1e-4, weightDecay: 0.01 },
    behaviour: { rollouts: 600, steps: 14, updatesPerEpoch: 5, fromEpoch: 20, passes: 5, clip: 0.1 },
  })
})

test('a run folder gives the configuration that it was begun with', () => {
  const config = resolve('--set', 'world.sequences=8')
  expect(restoreMarie(JSON.parse(JSON.stringify(config)))).toEqual(config)
})

const ANT = 'Ant-4x2?observation=k-hop'
const refusedBecauseOf = (field: string, message: string) =>
  expect.objectContaining({
    message: expect.stringContaining(message),
    details: expect.objectContaining({ field }),
  })

test.each([
  [['--dataset', 'recorded.hdf5'], 'dataset', 'marie plays in an environment'],
  [['--env', 'ws://127.0.0.1:1'], 'env', 'which no bridge tells'],
  [['--steps-per-call', '2'], 'stepsPerCall', 'takes its updates one by one'],
  [['--set', 'world.depth=3'], 'set', 'no such hyper-parameter'],
])('%s is refused by name', (argv, field, message) => {
  expect(() => resolve(...argv)).toThrow(refusedBecauseOf(field, message))
})

test('so is a task whose observations do not tell the state', () => {
  const flags = parseTrainFlags('--algorithm', 'marie', '--task', ANT)
  expect(() => marieConfig(flags, { spec: taskSpec(ANT) })).toThrow(refusedBecauseOf('task', 'observations'))
})
