// Rollouts and live steps give the very numbers that were recorded before noise was drawn in batches and buffers were
// written in place. The graphs are sums and products of what they are given, so every input of every call counts.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type NamedTensors, type Tensor, tensor } from '../../../../src/common/tensors.ts'
import type { DimaSpec } from '../../../../src/worlds/dima/serve/manifest.ts'
import { memories } from '../../../../src/worlds/dima/serve/memory.ts'
import { gatherRows, scatterRows } from '../../../../src/worlds/live.ts'
import type { Rollout } from '../../../../src/worlds/rollout.ts'
import { windowOf } from '../../../../src/worlds/starts.ts'
import { fakeSimulator, type RolloutOptions, rolloutOf, specOf } from '../../../inference/fixture.ts'

/** Each row's numbers, between -1 and 1, as a weighted sum of all that its row of the inputs holds. */
function mixed(inputs: NamedTensors, ...shape: number[]): Tensor {
  const rows = Object.values(inputs)[0]!.shape[0]!
  const answer = tensor([rows, ...shape])
  const width = answer.data.length / rows
  for (let i = 0; i < answer.data.length; i++) {
    const [row, entry] = [Math.floor(i / width), i % width]
    const sum = Object.values(inputs).reduce((all, input) => all + weighted(input, rows, row, entry), 0.1)
    answer.data[i] = sum / (1 + Math.abs(sum))
  }
  return answer
}

function weighted({ data }: Tensor, rows: number, row: number, entry: number): number {
  const width = data.length / rows
  let sum = 0
  for (let i = 0; i < width; i++)
    sum += data[row * width + i]! * (((7 * i + 11 * entry + width) % 13) / 8 - 0.7)
  return sum
}

const chances = (mix: Tensor): Tensor => tensor(mix.shape, mix.data.map(Math.abs))

function mixing(spec: DimaSpec) {
  const { horizon: H, state, observation, agents, action } = spec
  const [S, O, N, A] = [state.length, observation.length, agents.length, action.dimension]
  return fakeSimulator(spec, {
    embed: (inputs) => ({ embedding: mixed(inputs, 3) }),
    denoise: (inputs) => ({ denoised: mixed(inputs, S) }),
    decode: (inputs) => ({ observations: mixed(inputs, N, O) }),
    reward: (inputs) => ({
      rewards: mixed(inputs, H),
      termination_probabilities: chances(mixed(inputs, H)),
    }),
    rewardStep: (inputs) => ({
      reward: mixed(inputs),
      termination_probability: chances(mixed(inputs)),
      new_keys: mixed(inputs, 1, 2, 2),
      new_values: mixed(inputs, 1, 2, 2),
    }),
    policy: (inputs) => ({ mean: mixed(inputs, N, A), std: chances(mixed(inputs, N, A)) }),
  }).simulator
}

const spec = specOf({ S: 5, N: 2, A: 2, O: 3, H: 6, L: 3 })
spec.normalisation = { mean: [0.1, -2, 3, 0, 1], std: [1, 0.3, 2, 5, 0.01] }

/** Windows of every length, a horizon of its own. */
function uneven(options: RolloutOptions & { seeds?: number[] }): Rollout {
  const { seeds, ...rest } = options
  const rollout = rolloutOf(spec, { batch: 7, ...rest })
  rollout.windows.set(rollout.windows.map((_, row) => 1 + (row % 3)))
  return seeds ? { ...rollout, seeds: Uint32Array.from(seeds) } : rollout
}

const both = [true, true]
const ROLLOUTS: [name: string, options: Parameters<typeof uneven>[0]][] = [
  ['joint', {}],
  ['joint, a shorter horizon', { horizon: 4 }],
  ['progressive', { plan: { name: 'progressive', order: [1, 0] } }],
  ['sequential', { plan: { name: 'sequential', order: [1, 0, 0, 1] }, seed: 4_000_000_000 }],
  ['samples', { keys: [1, 1, 1, 2, 2, 2], samples: [0, 1, 2, 0, 1, 7] }],
  ['seeds', { keys: [3, 3, 4], seeds: [1, 9, 4_294_967_295] }],
  ['more rows than are embedded at once', { batch: 150 }],
  ['one row', { batch: 1, seed: 77 }],
  ['policy, sampled', { policy: { agents: both, mode: 'sample' } }],
  ['policy, mean, one agent', { policy: { agents: [false, true], mode: 'mean' }, horizon: 5 }],
  [
    'policy that learns, progressive',
    {
      policy: { agents: [true, false], mode: 'sample', learning: true },
      plan: { name: 'progressive', order: [0, 1] },
    },
  ],
]

/** Of everything but times, by name. */
function digest(results: object): string {
  const hash = createHash('sha256')
  const add = (name: string, value: unknown): void => {
    if (ArrayBuffer.isView(value))
      hash.update(`${name} ${value.constructor.name}`).update(value as Uint8Array)
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) add(key, inner)
    else if (!name.endsWith('Ms')) hash.update(`${name} ${value}`)
  }
  add('', results)
  return hash.digest('hex').slice(0, 16)
}

test('rollouts', async () => {
  const digests: Record<string, string> = {}
  for (const [name, options] of ROLLOUTS) digests[name] = digest(await mixing(spec).rollout(uneven(options)))
  expect(digests).toMatchInlineSnapshot(`
    {
      "joint": "1a1cf2ef028d18b2",
      "joint, a shorter horizon": "843d0ed812021135",
      "more rows than are embedded at once": "b24084c169ed48e3",
      "one row": "0a15233f10227335",
      "policy that learns, progressive": "20b188f0b9bc6fa5",
      "policy, mean, one agent": "c0ede0fd8a89cb37",
      "policy, sampled": "03c36ba7d1db0531",
      "progressive": "ff0f7226764adb48",
      "samples": "f9003d86cb8a9dc9",
      "seeds": "639ea79079b80565",
      "sequential": "b7c2662cb2948886",
    }
  `)
})

test('live steps, past the horizon, of sessions that are at different steps', async () => {
  const simulator = mixing(spec)
  const starts = uneven({ horizon: 1 })
  const choice = { name: 'progressive', order: [1, 0] }
  const memory = memories(spec)
  const { carried } = await simulator.begin(starts, choice)
  const width = carried.length / starts.batch
  const held = Array.from({ length: starts.batch }, (_, i) =>
    memory.begin(windowOf(spec, starts, i), carried.slice(i * width, (i + 1) * width)),
  )
  const steps = held.map(() => 0)
  const outcomes: unknown[] = []
  for (let t = 0; t < 20; t++) {
    const rows = held.slice(0, 1 + (t % held.length)).map((one, i) => {
      const turn = memory.take(one, starts.actions.slice(i * 4, i * 4 + 4))
      return { id: i + 1, seed: 5 + i, key: 100 * i, step: steps[i]!++, turn }
    })
    const results = scatterRows(await simulator.step(gatherRows(memory, choice, rows)), () => 0)
    for (const [i, { carried }] of results.entries()) held[i] = memory.follow(rows[i]!.turn, carried)
    outcomes.push(results)
  }
  expect(steps[0]).toBeGreaterThan(spec.horizon + 2)
  expect(digest([outcomes, held])).toMatchInlineSnapshot(`"26d167d94b71ace9"`)
})

test('starts', async () => {
  const starts = uneven({})
  const begun = mixing(spec).begin(starts, starts.choice)
  expect(digest(await begun)).toMatchInlineSnapshot(`"26ba1ec3516cd8c6"`)
})
