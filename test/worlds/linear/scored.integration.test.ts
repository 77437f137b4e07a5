// A kind of world model that is none of ours is scored as ours are: its own choices, what is observed in true states, and
// rewards, which it judges step by step.
import { expect, onTestFinished, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import { evaluate } from '../../../src/evaluation/evaluate.ts'
import { scoreTable } from '../../../src/evaluation/report.ts'
import { readGraphs } from '../../../src/registry/load.ts'
import { openSimulator } from '../../../src/worlds/open-simulator.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { N, publishLinear, S } from './bundle.ts'
import { KINDS } from './kinds.ts'

const LENGTH = 40

/** What the matrices of the bundle say. */
function played(seed: number): Episode {
  const rng = new Rng(seed, 'played')
  const actions = Float32Array.from({ length: LENGTH * N }, () => 2 * rng.uniform() - 1)
  const states = [[1, -1, 0, 0]]
  for (let t = 0; t < LENGTH; t++) {
    const [x = 0, y = 0, vx = 0, vy = 0] = states[t]!
    const [a = 0, b = 0] = actions.subarray(t * N, (t + 1) * N)
    states.push([x + 0.2 * vx, y + 0.2 * vy, 0.9 * vx + 0.5 * a, 0.9 * vy + 0.5 * b])
  }
  return {
    length: LENGTH,
    states: Float64Array.from(states.flat()),
    actions,
    observations: Float32Array.from(states.flatMap(([x = 0, y = 0]) => [x, y, x, y])),
    rewards: Float32Array.from(states.slice(1), (next) => -next.reduce((sum, s) => sum + s * s, 0)),
    terminated: false,
    truncated: true,
  }
}

const episodes = [played(1), played(2)]

async function opened(deviation: number) {
  const bundle = await publishLinear(await modelsFolder(), { deviation })
  const simulator = await openSimulator(KINDS, bundle.manifest, await readGraphs(bundle))
  onTestFinished(() => simulator.close())
  return simulator
}

const scoresOf = async (deviation: number) =>
  evaluate(await opened(deviation), { episodes, segments: 20, seed: 1 })

test('a model that is exactly right has no error', async () => {
  const scores = await scoresOf(0)
  const [plan, ...others] = scores.plans
  expect(others).toEqual([])
  expect(plan).toMatchObject({ plan: 'linear', order: '-', evaluations: 1, embeddings: 0 })
  expect(plan!.cumulativeStateL1.at(-1)).toBeLessThan(1e-4)
  expect(scores.decoderFloor.observationL1).toBeLessThan(1e-6)
  expect(scores.rewardL1).toBeLessThan(1e-4)
  expect(scores.persistence.oneStepStateL1).toBeGreaterThan(0.05)
  expect(scoreTable(scores)).toContain('| linear ')
})

test('one that is noisy has an error of that much', async () => {
  const { plans, decoderFloor } = await scoresOf(0.5)
  const expected = 0.5 * Math.sqrt(2 / Math.PI) // the mean of |n| for n of that deviation
  expect(Math.abs(plans[0]!.oneStepStateL1 - expected)).toBeLessThan(0.15)
  expect(decoderFloor.observationL1).toBeLessThan(1e-6)
})

test('rewards of states that are known are those of single steps', async () => {
  const simulator = await opened(0)
  const [states, actions] = [Float64Array.of(0, 0, 0, 0, 1, 2, 0, 0), Float32Array.of(0, 0, 1, 0)]
  const rewards = await simulator.rewards({ batch: 1, horizon: states.length / S, states, actions })
  expect([...rewards]).toEqual([expect.closeTo(0, 6), expect.closeTo(-5.25, 6)])
})
