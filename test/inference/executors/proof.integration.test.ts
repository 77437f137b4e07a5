// Bundles whose hashes are right and whose graphs are not what they should be, and what their proof says.
import { beforeAll, expect, test } from 'vitest'
import {
  endless,
  greedy,
  hiddenEndless,
  notFinite,
  single,
  slow,
  wide,
} from '../../../loadtest/reliability/hostile-graphs.ts'
import { openGraphSession } from '../../../src/engine/session.ts'
import { PROOF_LIMITS, proveIn } from '../../../src/inference/executors/proof.ts'
import { proveModel } from '../../../src/inference/executors/prove-model.ts'
import type { GraphName } from '../../../src/worlds/dima/serve/manifest.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { publishModel } from '../bundle.ts'
import { type TinyModel, tinyModel } from '../fixture.ts'

let model: TinyModel
beforeAll(() => {
  model = tinyModel({ policy: true })
})

const quiet = { info: () => {} }
const start = () => ({ states: [model.spec.state.map(() => 0.25)], actions: [] })

async function bundleWith(graph: GraphName, change: (bytes: Uint8Array) => Uint8Array) {
  return publishModel(await modelsFolder(), 'tiny', model, { [graph]: change(model.graphs[graph]) })
}

test('a good bundle is proven in a process of its own, which brings its starts', async () => {
  const bundle = await publishModel(await modelsFolder(), 'tiny', model, {}, [start()])
  const states = Float64Array.from(start().states[0]!)
  expect(await proveIn(KINDS, { ...PROOF_LIMITS, runSeconds: 60 }, quiet)(bundle)).toEqual({
    starts: [{ states, actions: new Float32Array() }],
  })
}, 60_000)

test('a graph that takes for ever is given up after its processor time, by name', async () => {
  const bundle = await bundleWith('decode', slow)
  const prove = proveIn(KINDS, { ...PROOF_LIMITS, runSeconds: 0.5 }, quiet)
  expect(await prove(bundle)).toEqual({
    reason: 'decode.onnx is not done in 0.5 s of processor time (PROOF_RUN_SECONDS)',
  })
}, 120_000)

test.skipIf(process.platform !== 'linux')(
  'a graph that takes all memory is given up at the limit',
  async () => {
    const bundle = await bundleWith('embed', greedy)
    const prove = proveIn(KINDS, { ...PROOF_LIMITS, runSeconds: 60, memoryMiB: 1000 }, quiet)
    expect(await prove(bundle)).toEqual({
      reason: 'embed.onnx takes more than 1000 MiB of memory (PROOF_MEMORY_MIB)',
    })
  },
  120_000,
)

test('a proof ends at once when its bundle is gone', async () => {
  const bundle = await bundleWith('decode', slow)
  const signal = AbortSignal.timeout(10)
  await expect(proveIn(KINDS, PROOF_LIMITS, quiet)(bundle, signal)).rejects.toMatchObject({
    name: 'TimeoutError',
  })
})

test.each<[string, GraphName, (bytes: Uint8Array) => Uint8Array, string]>([
  ['a loop', 'decode', endless, 'decode.onnx has the operator Loop, which has no bound'],
  ['a loop in a graph with an overlong tag', 'decode', hiddenEndless, 'decode.onnx is no ONNX file'],
  ['a wide output', 'decode', wide, 'decode.onnx: observations is [batch, 2, 38]'],
  ['a fixed batch', 'denoise', single, 'denoise.onnx: noisy is [1, '],
  [
    'weights that are not numbers',
    'reward',
    notFinite,
    'rewards of reward.onnx has a number that is not finite',
  ],
  ['no graph', 'embed', () => Buffer.from('no graph'), 'embed.onnx is no'],
  ['the graph of another', 'reward', () => model.graphs.decode, 'reward.onnx: '],
])('refuses %s', async (_, graph, change, reason) => {
  const bundle = await bundleWith(graph, change)
  await expect(proveModel(bundle, KINDS, () => {})).rejects.toMatchObject({
    code: 'invalid_bundle',
    message: expect.stringContaining(reason),
  })
})

test.each([endless, hiddenEndless])('the engine would take a graph that is %o', async (change) => {
  await (await openGraphSession(change(model.graphs.decode))).release()
})
