// A graph that is not the network's is never published.
import { beforeAll, expect, test } from 'vitest'
import type { DimaModel } from '../../src/algorithms/dima/trained-model.ts'
import { TOLERANCE, verifyGraphs } from '../../src/export/verify.ts'
import { type Compilable, compileGraph, compileGraphs } from '../../src/graph/serving-graph.ts'
import type { GraphName } from '../../src/worlds/dima/serve/manifest.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { trainedModel } from './fixture.ts'

let model: DimaModel
let graphs: Record<string, Uint8Array>
beforeAll(async () => {
  await useCpu()
  model = trainedModel({ policy: true, perceives: true })
  graphs = compileGraphs(model)
})

test('every graph is compared, and all agree', async () => {
  const differences = await verifyGraphs(model, graphs)
  expect([...differences.keys()]).toEqual([
    'embed',
    'denoise',
    'decode',
    'reward',
    'rewardStep',
    'perceive',
    'policy',
  ])
  expect(Math.max(...differences.values())).toBeLessThan(TOLERANCE)
})

/** The graph, compiled with one weight of its network changed. */
function altered(name: GraphName | 'policy', weight: string, change: (x: number) => number): Uint8Array {
  const network = model.graphs[name]!.network!
  const weights: Compilable['weights'] = model.weights
  const changed = new Map(weights[network]).set(weight, weights[network]!.get(weight)!.map(change))
  return compileGraph({ ...model, weights: { ...weights, [network]: changed } }, name)
}

test.each([
  ['reward', 'reward.2.bias'],
  ['rewardStep', 'positions.weight'],
  ['policy', 'mean.weight'],
] as const)('a %s graph with other weights is refused by name', async (name, weight) => {
  const wrong = { ...graphs, [name]: altered(name, weight, (x) => 1.5 * x + 0.01) }
  await expect(verifyGraphs(model, wrong)).rejects.toMatchObject({
    code: 'invalid_bundle',
    message: expect.stringContaining(`${name} differs from tfjs-cpu by`),
  })
})

test('a graph that gives no numbers is refused', async () => {
  const wrong = { ...graphs, policy: altered('policy', 'mean.weight', () => Number.NaN) }
  await expect(verifyGraphs(model, wrong)).rejects.toMatchObject({
    code: 'not_finite',
    message: expect.stringContaining('policy: mean is NaN on random inputs'),
  })
})
