// From a trained model to a published bundle that a simulator opens, with and without a policy.
import { beforeAll, describe, expect, test } from 'vitest'
import { bundleFiles, bundleManifest } from '../../src/export/bundle.ts'
import { Simulator } from '../../src/inference/simulator/simulator.ts'
import { type Bundle, readDocument, readGraph, readStarts } from '../../src/registry/load.ts'
import type { Scores, Start } from '../../src/registry/manifest.ts'
import { publish } from '../../src/registry/publish.ts'
import { compileGraphs } from '../../src/training/trained-model.ts'
import { rolloutOf } from '../inference/fixture.ts'
import { useCpu } from '../networks/fixture.ts'
import { manifest, modelsFolder } from '../registry/fixture.ts'
import { trainedModel } from './fixture.ts'

beforeAll(useCpu)

const starts: Start[] = [{ states: [Array(17).fill(0.25)], actions: [] }]

/** The fixture's, for as many steps as the model imagines. */
const { scores: brief } = manifest('cheetah', '1')
const errors = Array(15).fill(0.1)
const byStep = {
  cumulativeStateL1: errors,
  medianCumulativeStateL1: errors,
  cumulativeObservationL1: errors,
}
const scores: Scores = {
  ...brief,
  plans: brief.plans.map((plan) => ({ ...plan, ...byStep })),
  persistence: { oneStepStateL1: 1, cumulativeStateL1: errors, cumulativeObservationL1: errors },
  decoderFloor: { observationL1: 0.1, cumulativeObservationL1: errors },
}

async function published(policy: boolean): Promise<Bundle> {
  const model = trainedModel({ policy })
  const parts = {
    name: 'cheetah',
    model,
    graphs: compileGraphs(model),
    scores,
    examples: [],
    starts: { starts },
    createdAt: '2026-11-22T00:00:00Z',
  }
  const files = bundleFiles(parts)
  return publish(await modelsFolder(), 'cheetah', files, (version) => bundleManifest(parts, files, version))
}

const open = (bundle: Bundle) => Simulator.open(bundle.manifest, (name) => readGraph(bundle, name))
const policy = { agents: [true, true], mode: 'mean' as const }

describe('without a policy', () => {
  test('has the required graphs, and its start states', async () => {
    const bundle = await published(false)
    const files = Object.values(bundle.manifest.graphs).map(({ file }) => file)
    expect(files).toEqual(['embed.onnx', 'denoise.onnx', 'decode.onnx', 'reward.onnx', 'reward-step.onnx'])
    expect(bundle.manifest.formatVersion).toBe(2)
    expect(await readStarts(bundle)).toEqual(starts)
    expect(await readDocument(bundle, 'card.md')).toContain(
      'sessions that name no\nstart begin in one of them',
    )
    expect(await readGraph(bundle, 'policy')).toBeUndefined()
  })

  test('opens, and refuses to act by itself', async () => {
    const bundle = await published(false)
    const simulator = await open(bundle)
    const rollout = rolloutOf(bundle.manifest, { horizon: 2 })
    expect((await simulator.rollout(rollout)).states.every(Number.isFinite)).toBe(true)
    await expect(simulator.rollout({ ...rollout, policy })).rejects.toMatchObject({ code: 'no_policy' })
    await simulator.close()
  })

  test('tells the signature of the cached reward step', async () => {
    const { inputs, outputs } = (await published(false)).manifest.graphs.rewardStep
    const shapes = (signature: typeof inputs) => signature.map(({ name, shape }) => [name, ...shape])
    expect(shapes(inputs)).toEqual([
      ['state', 'batch', 17],
      ['action', 'batch', 2, 3],
      ['position', 'batch', 15],
      ['keys', 'batch', 1, 28, 32],
      ['values', 'batch', 1, 28, 32],
    ])
    expect(shapes(outputs)).toEqual([
      ['reward', 'batch'],
      ['termination_probability', 'batch'],
      ['new_keys', 'batch', 1, 2, 32],
      ['new_values', 'batch', 1, 2, 32],
    ])
  })
})

test('with a policy it has one more graph, and acts by itself', async () => {
  const bundle = await published(true)
  const { file, inputs, outputs } = bundle.manifest.graphs.policy!
  expect(file).toBe('policy.onnx')
  expect(inputs.map(({ name, shape }) => [name, ...shape])).toEqual([['observations', 'batch', 2, 19]])
  expect(outputs.map(({ name, shape }) => [name, ...shape])).toEqual([
    ['mean', 'batch', 2, 3],
    ['std', 'batch', 2, 3],
  ])
  const simulator = await open(bundle)
  const { actions } = await simulator.rollout({ ...rolloutOf(bundle.manifest, { horizon: 2 }), policy })
  expect(actions).toHaveLength(12)
  await simulator.close()
})
