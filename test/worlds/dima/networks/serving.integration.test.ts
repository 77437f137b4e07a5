// Every serving graph, at any batch, computes what the network computes eagerly.
import { beforeAll, describe, expect, test } from 'vitest'
import type { NamedTensors } from '../../../../src/common/tensors.ts'
import { openGraphSession } from '../../../../src/engine/session.ts'
import { GRAPH_NAMES } from '../../../../src/worlds/dima/serve/manifest.ts'
import { servingGraphs } from '../../../../src/worlds/dima/train/serving-graphs.ts'
import type { NetworkName } from '../../../../src/worlds/dima/train/world-model.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import {
  compiled,
  debug,
  dims,
  random,
  randomModel,
  tensorsOf,
  tinyPerceiver,
  toTensor,
  useCpu,
  withEncoder,
  withLinearPath,
} from './fixture.ts'

beforeAll(useCpu)

/** What makes normal numbers valid noise levels, a mask that hides some current actions, or one-hot positions. */
const CHANGES: Record<string, (x: number, i: number) => number> = {
  sigma: (x) => Math.exp(x),
  mask: (x, i) => Number(x > 0 || i % 6 < 4),
  position: (_, i) => Number(i % dims.horizon === (5 * Math.floor(i / dims.horizon)) % dims.horizon),
}

function inputsOf(specs: { name: string; shape: number[] }[]): NamedTensors {
  return Object.fromEntries(
    specs.map(({ name, shape }) => {
      const value = random(shape, name)
      const change = CHANGES[name]
      return [name, change ? { ...value, data: value.data.map(change) } : value]
    }),
  )
}

describe.each([
  { model: 'the debug model', config: debug },
  { model: 'a Perceiver model', config: withEncoder(tinyPerceiver) },
  { model: 'a model with the linear path', config: withLinearPath },
])('of $model', ({ config }) => {
  const { networks, weights } = randomModel(config)
  const graphs = servingGraphs(networks, dims, config.denoiser.conditioning)

  test.each(GRAPH_NAMES)('the graph %s equals the eager network at batch 1, 3 and 11', async (name) => {
    const graph = graphs[name]
    const session = await openGraphSession(compiled(name, graph, networks, weights))
    const network = graph.network as NetworkName
    const w = tensorsOf(networks[network].parameters, weights[network])
    for (const batch of [1, 3, 11]) {
      const inputs = inputsOf(graph.inputs(batch))
      const eager = graph.build(
        w,
        Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, toTensor(value)])),
      )
      const served = await session.run(inputs)
      for (const { name: output, shape } of graph.outputs(batch)) {
        expect(served[output]!.shape).toEqual(shape)
        expectClose(served[output]!.data, eager[output]!.dataSync(), CLOSE.serving)
      }
    }
    await session.release()
  })
})

test('refuses weights that do not fit the network, by name', () => {
  const { networks, weights } = randomModel()
  const graphs = servingGraphs(networks, dims, debug.denoiser.conditioning)
  weights.decoder.set('decoder.2.bias', new Float32Array(3))
  expect(() => compiled('decode', graphs.decode, networks, weights)).toThrow(
    /no weight decoder.2.bias of shape \[38\]/,
  )
})

test('termination probabilities lie between 0 and 1 and differ', async () => {
  const { networks, weights } = randomModel()
  const graph = servingGraphs(networks, dims, debug.denoiser.conditioning).reward
  const session = await openGraphSession(compiled('reward', graph, networks, weights))
  const { termination_probabilities: ends } = await session.run(inputsOf(graph.inputs(3)))
  expect(ends!.data.every((p) => p > 0 && p < 1)).toBe(true)
  expect(new Set(ends!.data).size).toBeGreaterThan(10)
  await session.release()
})
