// How rows are put together from rollouts, with a simulator that says where every number comes from.
import { describe, expect, test } from 'vitest'
import { imagine } from '../../../src/algorithms/imagination/imagine.ts'
import type { Starts } from '../../../src/algorithms/imagination/starts.ts'
import type { Rollout, Trajectories } from '../../../src/worlds/rollout.ts'

const dims = { context: 3, agents: 2, action: 1, state: 2, observation: 3, horizon: 4 }
const { context: L, agents: N, action: A, state: S, observation: O, horizon: H } = dims
const NEVER = 99

/** Every window's states are `-1000 wave - row`. */
function drawer() {
  const asked: number[] = []
  const draw = (count: number): Starts => {
    const wave = asked.push(count) - 1
    const numbers = (width: number) =>
      Array.from({ length: count * width }, (_, i) => -1000 * wave - Math.floor(i / width))
    return {
      batch: count,
      states: Float64Array.from(numbers(L * S), (x, i) => x - ((Math.floor(i / S) % L) + 1) / 10),
      windows: new Int32Array(count).fill(L),
      pastActions: Float32Array.from(numbers((L - 1) * N * A)),
    }
  }
  return { asked, draw }
}

/** What wave w imagines in row r at step t is `1000 w + 10 r + t`; `ends` are its rows' lengths, wave by wave. */
function simulator(ends: number[][]) {
  const rollouts: Rollout[] = []
  const roll = async (rollout: Rollout): Promise<Trajectories> => {
    const wave = rollouts.push(rollout) - 1
    const { batch: B, horizon } = rollout
    const table = (width: number) =>
      Array.from({ length: B * horizon * width }, (_, i) => {
        const step = Math.floor(i / width)
        return 1000 * wave + 10 * Math.floor(step / horizon) + (step % horizon)
      })
    const lengths = Array.from({ length: B }, (_, row) => ends[wave]?.[row] ?? NEVER)
    const ended = Array.from({ length: B * horizon }, (_, i) =>
      Number(lengths[Math.floor(i / horizon)]! === (i % horizon) + 1),
    )
    return {
      states: Float64Array.from(table(S)),
      observations: new Float32Array(B * horizon * N * O).fill(Number.NaN), // after the step: not what was acted on
      rewards: Float32Array.from(table(1)),
      terminationProbabilities: Float32Array.from(ended, (end) => (end ? 0.75 : 0.25)),
      terminations: Uint8Array.from(ended),
      lengths: Int32Array.from(lengths, (length) => Math.min(length, horizon)),
      actions: Float32Array.from(table(N * A)),
      drawn: {
        observations: Float32Array.from(table(N * O)),
        logProbabilities: Float32Array.from(table(N)),
      },
      computeMs: 0,
    }
  }
  return { rollouts, roll }
}

async function run(rows: number, ends: number[][], termination: 'restart' | 'weight' = 'restart', seed = 5) {
  const [starts, model] = [drawer(), simulator(ends)]
  const choice = { name: 'joint', order: [] }
  const imagined = await imagine(starts.draw, model.roll, dims, { rows, choice, termination, seed })
  return { imagined, asked: starts.asked, rollouts: model.rollouts }
}

/** The first number of every step of a row. */
const stepsOf = (values: ArrayLike<number>, rows: number, row: number): number[] => {
  const steps = values.length / rows
  const width = steps / H
  return Array.from({ length: H }, (_, t) => values[row * steps + t * width]!)
}
const statesOf = (values: Float64Array, row: number): number[] =>
  Array.from({ length: H + 1 }, (_, t) => values[(row * (H + 1) + t) * S]!)

describe('rows without an end', () => {
  test('differ in their noise, even from one start', async () => {
    const { rollouts } = await run(3, [])
    expect([...rollouts[0]!.samples!]).toEqual([0, 1, 2])
  })

  test('are one rollout each, with the start before them', async () => {
    const { imagined, asked, rollouts } = await run(2, [])
    expect(asked).toEqual([2])
    expect(rollouts[0]).toMatchObject({
      batch: 2,
      horizon: H,
      choice: { name: 'joint', order: [] },
      policy: { agents: [true, true], mode: 'sample', learning: true },
    })
    expect(imagined.rows).toBe(2)
    expect(statesOf(imagined.states, 0)).toEqual([-0.3, 0, 1, 2, 3])
    expect(statesOf(imagined.states, 1)).toEqual([-1.3, 10, 11, 12, 13])
    for (const name of ['rewards', 'actions', 'observations', 'logProbabilities'] as const)
      expect(
        [0, 1].map((row) => stepsOf(imagined[name], 2, row)),
        name,
      ).toEqual([
        [0, 1, 2, 3],
        [10, 11, 12, 13],
      ])
    expect([...imagined.continues]).toEqual(Array(2 * H).fill(1))
  })

  test('an end with the very last step needs no more', async () => {
    const { imagined, asked } = await run(1, [[H]])
    expect(asked).toEqual([1])
    expect([...imagined.continues]).toEqual([1, 1, 1, 0])
  })
})

describe('an end inside the horizon', () => {
  test('cuts, and a rollout from a fresh start fills the rest of the row', async () => {
    // Row 0 ends with step 2; row 1 goes through. The second wave is row 0's alone.
    const { imagined, asked, rollouts } = await run(2, [[2, NEVER]])
    expect(asked).toEqual([2, 1])
    expect(rollouts.map(({ batch, horizon }) => [batch, horizon])).toEqual([
      [2, 4],
      [1, 2],
    ])
    expect(stepsOf(imagined.rewards, 2, 0)).toEqual([0, 1, 1000, 1001])
    expect(stepsOf(imagined.continues, 2, 0)).toEqual([1, 0, 1, 1])
    expect(stepsOf(imagined.rewards, 2, 1)).toEqual([10, 11, 12, 13])
    expect(stepsOf(imagined.continues, 2, 1)).toEqual([1, 1, 1, 1])
    for (const name of ['actions', 'observations', 'logProbabilities'] as const)
      expect(stepsOf(imagined[name], 2, 0), name).toEqual([0, 1, 1000, 1001])
  })

  test('the state before a step after it is the fresh start, not where the episode ended', async () => {
    const { imagined } = await run(2, [[2, NEVER]])
    expect(statesOf(imagined.states, 0)).toEqual([-0.3, 0, -1000.3, 1000, 1001])
    expect(statesOf(imagined.states, 1)).toEqual([-1.3, 10, 11, 12, 13])
  })

  test('several waves fill a row that ends again and again', async () => {
    const { imagined, asked, rollouts } = await run(3, [
      [1, 3, NEVER], // row 0 lacks 3 steps, row 1 one
      [1, 1], // row 0 ends at once again; row 1 is full
      [2], // row 0 ends with its last step
    ])
    expect(asked).toEqual([3, 2, 1])
    expect(rollouts.map(({ horizon }) => horizon)).toEqual([4, 3, 2])
    expect(stepsOf(imagined.rewards, 3, 0)).toEqual([0, 1000, 2000, 2001])
    expect(stepsOf(imagined.continues, 3, 0)).toEqual([0, 0, 1, 0])
    expect(stepsOf(imagined.rewards, 3, 1)).toEqual([10, 11, 12, 1010])
    expect(stepsOf(imagined.continues, 3, 1)).toEqual([1, 1, 0, 0])
    expect(stepsOf(imagined.rewards, 3, 2)).toEqual([20, 21, 22, 23])
    expect(statesOf(imagined.states, 0)).toEqual([-0.3, -1000.3, -2000.3, 2000, 2001])
    expect(statesOf(imagined.states, 1)).toEqual([-1.3, 10, 11, -1001.3, 1010])
  })

  test("a row that needs fewer steps than its wave has takes its first, and an end behind them is nobody's", async () => {
    const { imagined, asked } = await run(2, [
      [1, 3],
      [NEVER, 2],
    ])
    expect(asked).toEqual([2, 2])
    expect(stepsOf(imagined.rewards, 2, 1)).toEqual([10, 11, 12, 1010])
    expect(stepsOf(imagined.continues, 2, 1)).toEqual([1, 1, 0, 1])
  })
})

describe('termination weight', () => {
  test('rows go on past their ends, and the probability to go on is kept', async () => {
    const { imagined, asked } = await run(1, [[2]], 'weight')
    expect(asked).toEqual([1])
    expect([...imagined.rewards]).toEqual([0, 1, 2, 3])
    expect([...imagined.continues]).toEqual([0.75, 0.25, 0.75, 0.75])
  })
})

describe('the seed', () => {
  const seedsOf = async (seed: number) => {
    const { rollouts } = await run(1, [[1], [1], [1]], 'restart', seed)
    return rollouts.map((rollout) => rollout.seed)
  }

  test('is another in every wave and for every batch, and the same when asked again', async () => {
    const seeds = [...(await seedsOf(5)), ...(await seedsOf(6))]
    expect(seeds.length).toBe(8)
    expect(new Set(seeds).size).toBe(8)
    expect(await seedsOf(5)).toEqual(seeds.slice(0, 4))
  })
})
