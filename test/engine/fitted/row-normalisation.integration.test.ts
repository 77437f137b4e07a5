// Normalisations that take factor and shift of each row as their own, as CUDA gets them: the same numbers from fewer nodes.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { sum } from '../../../src/common/statistics.ts'
import { type NamedTensors, sizeOf, tensor } from '../../../src/common/tensors.ts'
import { fitted } from '../../../src/engine/fitted/fitted.ts'
import { optimisedOperations } from '../../../src/engine/optimised-operations.ts'
import { openGraphSession } from '../../../src/engine/session.ts'
import { decodeModel, encodeModel, type NodeProto } from '../../../src/graph/onnx.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/dima/networks/presets.ts'
import { servingGraphs } from '../../../src/worlds/dima/train/serving-graphs.ts'
import { compiled, dims, randomModel } from '../../worlds/dima/random-model.ts'

const GRAPHS = new Map(
  (['debug', 'small'] as const).map((preset) => {
    const config = NETWORK_PRESETS[preset]
    const { networks, weights } = randomModel(config)
    const graph = servingGraphs(networks, dims, config.denoiser.conditioning).denoise
    return [preset, compiled('denoise', graph, networks, weights)]
  }),
)

function inputsOf(shapeOf: (name: string) => number[], rows: number): NamedTensors {
  const inputs = ['noisy', 'sigma', 'context', 'embedding'].map((name) => {
    const shape = [rows, ...shapeOf(name).slice(1)]
    const values = new Rng(name, rows).normals(sizeOf(shape))
    return [name, tensor(shape, name === 'sigma' ? values.map((x) => Math.exp(x)) : values)]
  })
  return Object.fromEntries(inputs)
}

test.each([...GRAPHS])('the denoiser of preset %s gives the same', async (_, bytes) => {
  const [plain, merged] = [await openGraphSession(bytes), await openGraphSession(await fitted(bytes, 'cuda'))]
  for (const rows of [1, 2, 7, 65]) {
    const inputs = inputsOf(plain.inputShape, rows)
    const [expected, given] = [await plain.run(inputs), await merged.run(inputs)]
    const gaps = given.denoised!.data.map((x, i) => Math.abs(x - expected.denoised!.data[i]!))
    const largest = Math.max(...expected.denoised!.data.map(Math.abs))
    expect(Math.max(...gaps) / Math.max(1, largest)).toBeLessThan(1e-6)
    expect(largest).toBeGreaterThan(0.1)
  }
  await plain.release()
  await merged.release()
})

test('no normalisation is left with a factor and a shift of its own', async () => {
  const merged = await optimisedOperations(await fitted(GRAPHS.get('small')!, 'cuda'))
  const plain = await optimisedOperations(GRAPHS.get('small')!)
  const norms = plain.get('LayerNormalization')!
  expect(norms).toBeGreaterThan(30)
  expect(merged.get('LayerNormalization')).toBe(norms)
  expect(sum([...plain.values()]) - sum([...merged.values()])).toBeGreaterThan(1.8 * norms)
})

test('graphs without such normalisations are not touched, nor any for the CPU', async () => {
  const denoise = GRAPHS.get('debug')!
  expect(await fitted(denoise, 'cpu')).toBe(denoise)
  const folder = resolve(import.meta.dirname, '../../../models/halfcheetah-2x3/1')
  for (const file of ['embed.onnx', 'decode.onnx', 'reward.onnx']) {
    const bytes = await readFile(resolve(folder, file))
    expect(await fitted(bytes, 'cuda'), file).toBe(bytes)
  }
})

/** The same graph with another value among its outputs. */
function spied(bytes: Uint8Array, chosen: (nodes: NodeProto[]) => string): Uint8Array {
  const model = decodeModel(bytes)
  const type = { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'any' }] } } }
  model.graph.output.push({ name: chosen(model.graph.node), type })
  return encodeModel(model)
}

const mergedIn = async (bytes: Uint8Array): Promise<number> =>
  decodeModel(await fitted(bytes, 'cuda')).graph.node.filter(
    ({ opType, output }) => opType === 'LayerNormalization' && output.length === 1,
  ).length

test('what is read elsewhere too stays as it is', async () => {
  const denoise = GRAPHS.get('debug')!
  const all = await mergedIn(denoise)
  const norms = (nodes: NodeProto[]) => nodes.filter(({ opType }) => opType === 'LayerNormalization')
  expect(await mergedIn(spied(denoise, (nodes) => norms(nodes).at(-1)!.output[0]!))).toBe(all - 1)
  // one that takes its factor from the projection keeps all from being cut by length
  expect(await mergedIn(spied(denoise, (nodes) => norms(nodes)[0]!.output[0]!))).toBe(1)
  const widest = (nodes: NodeProto[]) =>
    nodes.filter(({ opType }) => opType === 'Split').toSorted((a, b) => b.output.length - a.output.length)[0]!
  expect(await mergedIn(spied(denoise, (nodes) => widest(nodes).output[3]!))).toBe(1)
})
