// How long what was computed for a session is kept, seen by what has to be computed again; judges at the same time.
import { setImmediate } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { type NamedTensors, tensor } from '../../../../src/common/tensors.ts'
import type { GraphSession } from '../../../../src/engine/session.ts'
import { RewardCache } from '../../../../src/worlds/dima/serve/reward-cache.ts'

const [H, S, N, A, BLOCKS, WIDTH] = [4, 2, 2, 1, 1, 3]
const SLOTS = 2 * (H - 1)
const SHAPES: Record<string, number[]> = {
  state: [0, S],
  action: [0, N, A],
  keys: [0, BLOCKS, SLOTS, WIDTH],
  values: [0, BLOCKS, SLOTS, WIDTH],
}

/** A cache over a graph that answers zeros, and how many steps it was asked to run. */
function watched(bytes?: number) {
  const asked = { steps: 0 }
  const session: GraphSession = {
    inputShape: (name) => SHAPES[name]!,
    release: async () => {},
    async run({ state }: NamedTensors) {
      const rows = state!.shape[0]!
      asked.steps += rows
      const token = tensor([rows, BLOCKS, 2, WIDTH])
      return {
        reward: tensor([rows]),
        termination_probability: tensor([rows]),
        new_keys: token,
        new_values: token,
      }
    },
  }
  const cache = new RewardCache(session, H, bytes)
  /** Judges the last of `length` steps of session `id`; how many steps had to be run for that. */
  const judge = async (id: number, length: number): Promise<number> => {
    const before = asked.steps
    await cache.judge({
      ids: Float64Array.of(id),
      lengths: Uint32Array.of(length),
      total: length,
      states: Float32Array.from({ length: length * S }, (_, i) => id + i),
      actions: Float32Array.from({ length: length * N * A }, (_, i) => i),
    })
    return asked.steps - before
  }
  return { judge }
}

test('a session that goes on costs one step each time', async () => {
  const { judge } = watched()
  expect([await judge(1, 1), await judge(2, 1), await judge(1, 2), await judge(1, 3)]).toEqual([1, 1, 1, 1])
})

test('a full window is forgotten, for what follows is anchored anew', async () => {
  const { judge } = watched()
  for (let length = 1; length <= H; length++) expect(await judge(1, length)).toBe(1)
  expect(await judge(1, H)).toBe(H)
})

test('what nobody asks for is forgotten, and made again if need be', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const { judge } = watched()
    for (const id of [1, 2]) for (const length of [1, 2]) await judge(id, length)
    vi.advanceTimersByTime(10_000)
    await judge(2, 3)
    vi.advanceTimersByTime(10_000)
    await judge(3, 1)
    expect(await judge(1, 3)).toBe(3)
    expect(await judge(2, 4)).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})

test('the least recently used gives way when there is no room', async () => {
  const room = 2 * 2 * 4 * BLOCKS * SLOTS * WIDTH
  const { judge } = watched(room)
  for (const id of [1, 2, 3]) for (const length of [1, 2]) await judge(id, length)
  expect(await judge(2, 3)).toBe(1)
  expect(await judge(1, 3)).toBe(3)
})

test('judges at the same time do not see each other', async () => {
  // As ONNX Runtime does, the graph looks at its inputs in a later turn of the event loop.
  const session: GraphSession = {
    inputShape: (name) => SHAPES[name]!,
    release: async () => {},
    async run({ state, keys }: NamedTensors) {
      const rows = state!.shape[0]!
      await setImmediate()
      const token = tensor([rows, BLOCKS, 2, WIDTH])
      for (let row = 0; row < rows; row++)
        token.data.fill(state!.data[row * S]!, row * 2 * BLOCKS * WIDTH, (row + 1) * 2 * BLOCKS * WIDTH)
      const cached = keys!.data.length / rows
      const reward = Float32Array.from({ length: rows }, (_, row) =>
        keys!.data.subarray(row * cached, (row + 1) * cached).reduce((sum, key) => sum + key, 0),
      )
      return {
        reward: { data: reward, shape: [rows] },
        termination_probability: tensor([rows]),
        new_keys: token,
        new_values: token,
      }
    },
  }
  const cache = new RewardCache(session, H)
  const judge = async (id: number, length: number) => {
    const { rewards } = await cache.judge({
      ids: Float64Array.of(id),
      lengths: Uint32Array.of(length),
      total: length,
      states: new Float32Array(length * S).fill(id),
      actions: new Float32Array(length * N * A),
    })
    return rewards[0]
  }
  for (const length of [1, 2, 3]) {
    const together = await Promise.all([1, 10, 100].map((id) => judge(id, length)))
    expect(together).toEqual([1, 10, 100].map((id) => id * (length - 1) * 2 * BLOCKS * WIDTH))
  }
})
