// Which device an engine opens its sessions on, and how its graphs are made to fit. The sessions are fakes.
import { beforeEach, expect, test, vi } from 'vitest'
import { decodeModel, type GraphProto } from '../../../src/graph/onnx.ts'
import { mlp } from '../../graph/networks.ts'

vi.mock('../../../src/engine/session.ts', () => ({
  openGraphSession: vi.fn(async () => ({
    run: async () => ({}),
    inputShape: () => [],
    release: async () => {},
  })),
}))
vi.resetModules() // other files may have loaded the engine with real sessions
const { openGraphSession } = await import('../../../src/engine/session.ts')
const { createEngine } = await import('../../../src/learning/engines/engine.ts')
beforeEach(() => void vi.mocked(openGraphSession).mockClear())

const opened = () => vi.mocked(openGraphSession).mock.calls

/** The node types of a graph and of the graphs inside its nodes. */
const opsOf = ({ node }: GraphProto): string[] =>
  node.flatMap(({ opType, attribute }) => [opType, ...attribute.flatMap(({ g }) => (g ? opsOf(g) : []))])

/** Parameters enough for a Split of eight. */
const wide = () => {
  const { parameters, loss, ...rest } = mlp(4)
  const extra = Array.from({ length: 8 }, (_, i) => ({ ...parameters[5]!, name: `extra.${i}` }))
  return {
    ...rest,
    parameters: [...parameters, ...extra],
    loss: ((weights, inputs) => {
      const { loss: value, metrics } = loss(weights, inputs)
      const sum = extra.reduce<typeof value>((total, { name }) => total.add(weights[name]!.sum()), value)
      return { loss: sum, metrics: metrics! }
    }) as typeof loss,
  }
}

test('threads, device and steps a call reach the sessions', async () => {
  await (await createEngine('onnx', { threads: 3, device: 'cuda', stepsPerCall: 4 }))(mlp(4))
  expect(opened().map(([, options]) => options)).toEqual([
    { threads: 3, device: 'cuda' },
    { threads: 3, device: 'cuda' },
  ])
  expect(opened().map(([bytes]) => opsOf(decodeModel(bytes).graph).includes('Loop'))).toEqual([false, true])
})

test('a number is the number of threads, on the CPU', async () => {
  await (await createEngine('onnx', 2))(mlp(4))
  expect(opened().map(([, options]) => options)).toEqual([{ threads: 2 }])
})

test.each([
  { device: 'cpu' as const, splits: true },
  { device: 'cuda' as const, splits: true },
  { device: 'webgpu' as const, splits: false },
])('on $device big Splits stay: $splits', async ({ device, splits }) => {
  await (await createEngine('onnx', { device, stepsPerCall: 2 }))(wide())
  for (const [bytes] of opened()) {
    const sizes = splitSizes(decodeModel(bytes).graph)
    expect(sizes.some((size) => size > 7)).toBe(splits)
  }
})

const splitSizes = ({ node }: GraphProto): number[] =>
  node.flatMap(({ opType, output, attribute }) => [
    ...(opType === 'Split' ? [output.length] : []),
    ...attribute.flatMap(({ g }) => (g ? splitSizes(g) : [])),
  ])

test.each([
  { engine: 'tfjs-cpu' as const, options: { device: 'cuda' as const }, field: 'device' },
  { engine: 'tfjs-node-gpu' as const, options: { device: 'webgpu' as const }, field: 'device' },
  { engine: 'tfjs-cpu' as const, options: { stepsPerCall: 8 }, field: 'stepsPerCall' },
])('engine $engine refuses $field', async ({ engine, options, field }) => {
  await expect(createEngine(engine, options)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(`for engine onnx, not ${engine}`),
    details: { field },
  })
})
