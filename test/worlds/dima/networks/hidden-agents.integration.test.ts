// method.md 9, check 1: what an agent that is not visible does now has no influence at all, bit for bit.
import { beforeAll, describe, expect, test } from 'vitest'
import type { NamedTensors, Tensor } from '../../../../src/common/tensors.ts'
import { openGraphSession } from '../../../../src/engine/session.ts'
import { servingGraphs } from '../../../../src/worlds/dima/train/serving-graphs.ts'
import { sameBits } from '../../../common/close.ts'
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
  valuesOf,
  withEncoder,
  withLinearPath,
} from './fixture.ts'

beforeAll(useCpu)

const { context: L, agents: N, action: A, state: S } = dims
const BATCH = 3
const actions = random([BATCH, L, N, A], 'actions')

/** The same actions with those of one agent in one slot replaced by others. */
function changed(slot: number, agent: number): Tensor {
  const data = actions.data.slice()
  for (let row = 0; row < BATCH; row++) {
    const place = ((row * L + slot) * N + agent) * A
    data.set(random([A], 'other', row).data, place)
  }
  return { ...actions, data }
}

/** All past actions and the given agent's current one. */
const maskOf = (agent: number): Tensor => {
  const data = new Float32Array(BATCH * L * N).fill(1)
  for (let row = 0; row < BATCH; row++)
    for (let other = 0; other < N; other++) if (other !== agent) data[(row * L + L - 1) * N + other] = 0
  return { data, shape: [BATCH, L, N] }
}

const sample: NamedTensors = {
  noisy: random([BATCH, S], 'noisy'),
  sigma: { data: Float32Array.of(0.05, 0.5, 4), shape: [BATCH, 1] },
  context: random([BATCH, L, S], 'context'),
}

type Outputs = { embedding: Float32Array; sample: Float32Array }
type Evaluate = (actions: Tensor, mask: Tensor) => Promise<Outputs>

function eager(config = debug): Evaluate {
  const { networks, weights } = randomModel(config)
  const { denoiser } = networks
  const w = tensorsOf(denoiser.parameters, weights.denoiser)
  const input = {
    noisy: toTensor(sample.noisy!),
    sigma: toTensor(sample.sigma!),
    context: toTensor(sample.context!),
  }
  return async (a, mask) => {
    const embed = () => denoiser.embedActions(w, toTensor(a), toTensor(mask))
    return {
      embedding: valuesOf(embed),
      sample: valuesOf(() => denoiser.predict(w, { ...input, embedding: embed() })),
    }
  }
}

function throughOnnx(config = debug): Evaluate {
  const { networks, weights } = randomModel(config)
  const graphs = servingGraphs(networks, dims, config.denoiser.conditioning)
  const open = (name: 'embed' | 'denoise') =>
    openGraphSession(compiled(name, graphs[name], networks, weights))
  const sessions = Promise.all([open('embed'), open('denoise')])
  return async (a, mask) => {
    const [embed, denoise] = await sessions
    const { embedding } = await embed.run({ actions: a, mask })
    const { denoised } = await denoise.run({ ...sample, embedding: embedding! })
    return { embedding: embedding!.data, sample: denoised!.data }
  }
}

describe.each([
  { encoder: 'pooling', config: debug },
  { encoder: 'the Perceiver', config: withEncoder(tinyPerceiver) },
  { encoder: 'pooling and the linear path', config: withLinearPath },
])('with $encoder', ({ config }) => {
  describe.each([
    { how: 'eagerly', start: eager },
    { how: 'through ONNX Runtime', start: throughOnnx },
  ])('$how', ({ start }) => {
    let evaluate: Evaluate
    beforeAll(() => {
      evaluate = start(config)
    })

    test("a hidden agent's current action changes no bit", async () => {
      for (const visible of [0, 1]) {
        const mask = maskOf(visible)
        const [before, after] = [
          await evaluate(actions, mask),
          await evaluate(changed(L - 1, 1 - visible), mask),
        ]
        expect(sameBits(after.embedding, before.embedding)).toBe(true)
        expect(sameBits(after.sample, before.sample)).toBe(true)
      }
    })

    test('the visible action, and any past action, change both', async () => {
      const places: [slot: number, agent: number][] = [
        [L - 1, 0],
        ...[0, 1].flatMap(
          (slot) =>
            [
              [slot, 0],
              [slot, 1],
            ] as [number, number][],
        ),
      ]
      const before = await evaluate(actions, maskOf(0))
      for (const [slot, agent] of places) {
        const after = await evaluate(changed(slot, agent), maskOf(0))
        expect(sameBits(after.embedding, before.embedding)).toBe(false)
        expect(sameBits(after.sample, before.sample)).toBe(false)
      }
    })

    test('who acts and when is told apart, not only what', async () => {
      const same = { ...actions, data: new Float32Array(actions.data.length).fill(0.3) }
      const [first, second] = [await evaluate(same, maskOf(0)), await evaluate(same, maskOf(1))]
      expect(sameBits(first.embedding, second.embedding)).toBe(false)
    })
  })
})
