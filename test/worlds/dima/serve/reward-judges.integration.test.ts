// The reward cache and whole windows give the same rewards and end probabilities: of sessions at different steps, past
// the horizon, where windows begin anew, and after an interruption, where a session's id has cached another window.
import { beforeAll, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { tensor } from '../../../../src/common/tensors.ts'
import { RewardCache } from '../../../../src/worlds/dima/serve/reward-cache.ts'
import type { Judged, RewardWindows } from '../../../../src/worlds/dima/serve/reward-windows.ts'
import { WholeWindows } from '../../../../src/worlds/dima/serve/whole-windows.ts'
import { lettersOf } from '../../../../src/worlds/world.ts'
import { type OpenTiny, openTiny, tinyModel } from '../../../inference/fixture.ts'

const WITHIN = 1e-5

let simulator: OpenTiny
beforeAll(async () => {
  simulator = await openTiny(tinyModel())
  return () => simulator.close()
})

/** An episode: a window is so many of its steps, from one on. */
class Episode {
  readonly id: number
  private readonly rng: Rng
  private readonly steps: { state: Float32Array; action: Float32Array }[] = []

  constructor(id: number, purpose: string) {
    this.id = id
    this.rng = new Rng(purpose, id)
  }

  window(from: number, length: number) {
    const { N, A, S } = lettersOf(simulator.spec)
    while (this.steps.length < from + length)
      this.steps.push({
        state: this.rng.normals(S),
        action: this.rng.normals(N * A).map((x) => Math.tanh(x)),
      })
    return { id: this.id, steps: this.steps.slice(from, from + length) }
  }
}

type Window = ReturnType<Episode['window']>

function joined(windows: readonly Window[]): RewardWindows {
  const steps = windows.flatMap((window) => window.steps)
  const flat = (parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]))
  return {
    ids: Float64Array.from(windows, ({ id }) => id),
    lengths: Uint32Array.from(windows, (window) => window.steps.length),
    total: steps.length,
    states: flat(steps.map(({ state }) => state)),
    actions: flat(steps.map(({ action }) => action)),
  }
}

/** Both, for the same windows; what is compared varies from window to window. */
async function expectSame(cache: RewardCache, windows: readonly Window[]): Promise<Judged> {
  const given = joined(windows)
  const cached = await cache.judge(given)
  const whole = await new WholeWindows(simulator.graphs.reward, simulator.spec).judge(given)
  for (const field of ['rewards', 'probabilities'] as const) {
    expect(whole[field]).toHaveLength(windows.length)
    const gaps = whole[field].map((x, row) => Math.abs(x - cached[field][row]!))
    expect(Math.max(...gaps), field).toBeLessThan(WITHIN)
  }
  return whole
}

const open = () => new RewardCache(simulator.graphs.rewardStep, simulator.spec.horizon)

test('windows of different lengths in a batch, full ones among them', async () => {
  const { horizon } = simulator.spec
  const cache = open()
  const episodes = [1, 2, 3].map((id) => new Episode(id, 'lengths'))
  const delays = [0, 4, 9]
  const rewards = new Set<number>()
  for (let tick = 0; tick < horizon + 9; tick++) {
    const there = episodes.flatMap((episode, i) => {
      const length = tick - delays[i]! + 1
      return length >= 1 && length <= horizon ? [episode.window(0, length)] : []
    })
    for (const reward of (await expectSame(cache, there)).rewards) rewards.add(reward)
  }
  expect(rewards.size).toBe(3 * horizon)
})

test('a window that is begun anew, and goes on', async () => {
  const { horizon, context } = simulator.spec
  const cache = open()
  const episode = new Episode(1, 'anew')
  for (let length = 1; length <= horizon; length++) await expectSame(cache, [episode.window(0, length)])
  const from = horizon - context
  for (let length = context + 1; length <= horizon; length++)
    await expectSame(cache, [episode.window(from, length)])
})

test('an id that comes back after others took its steps elsewhere', async () => {
  const cache = open()
  const [first, other, company] = [new Episode(1, 'first'), new Episode(1, 'other'), new Episode(2, 'beside')]
  for (const length of [1, 2, 3, 4]) await expectSame(cache, [first.window(0, length)])
  await expectSame(cache, [company.window(0, 6), other.window(0, 4)]) // the same id and length, other steps
  await expectSame(cache, [first.window(0, 5), company.window(0, 7)])
  await expectSame(cache, [first.window(0, 9)]) // steps were missed
  await expectSame(cache, [first.window(0, 2)]) // and some came back
})

test('what follows a step does not matter to it', async () => {
  const { horizon: P } = simulator.spec
  const { N, A, S } = lettersOf(simulator.spec)
  const { steps } = new Episode(1, 'causal').window(0, P)
  const states = tensor([1, P, S], joined([{ id: 1, steps }]).states)
  const actions = tensor([1, P, N, A], joined([{ id: 1, steps }]).actions)
  const { rewards } = await simulator.graphs.reward.run({ states, actions })
  for (let length = 1; length <= P; length++) {
    const judge = new WholeWindows(simulator.graphs.reward, simulator.spec)
    const judged = await judge.judge(joined([{ id: 1, steps: steps.slice(0, length) }]))
    expect(Math.abs(judged.rewards[0]! - rewards!.data[length - 1]!)).toBeLessThan(WITHIN)
  }
})
