// A model that is exactly right has no error: shows that evaluation compares what belongs together.
import { describe, expect, test } from 'vitest'
import { collectEpisode, gaussianPolicy } from '../../src/episodes/replay/collect.ts'
import { evaluate } from '../../src/evaluation/evaluate.ts'
import { drawSegments } from '../../src/evaluation/held-out.ts'
import { scorePlot, scoreTable } from '../../src/evaluation/report.ts'
import { accumulate, stepErrors } from '../../src/evaluation/step-errors.ts'
import { dima } from '../../src/worlds/dima/serve/kind.ts'
import type { PlanRequest } from '../../src/worlds/dima/serve/plan.ts'
import type { OpenSimulator } from '../../src/worlds/open-simulator.ts'
import type { Rollout, Trajectories } from '../../src/worlds/rollout.ts'
import type { Starts } from '../../src/worlds/starts.ts'
import type { Taken } from '../../src/worlds/world.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import { nextState, observationOf, rewardOf, row, sizes, spec, syntheticEnv } from '../runs/synthetic-env.ts'

const { context: L, horizon: H, state: S } = sizes
const { std } = spec.normalisation

/** Imagines exactly what the environment does, plus an error. */
function simulatorOf(error: number, asked: Rollout[] = []): OpenSimulator {
  const rollout = async (request: Rollout): Promise<Trajectories> => {
    asked.push(request)
    const states: number[] = []
    const observations: number[] = []
    for (let i = 0; i < request.batch; i++) {
      let state = row(request.states, i * L + L - 1, S)
      for (let t = 0; t < H; t++) {
        state = nextState(state, row(request.actions, i * H + t, 2))
        states.push(...state.map((value, s) => value + error * std[s]!))
        observations.push(...observationOf(state, 0), ...observationOf(state, 1))
      }
    }
    const none = new Float32Array(request.batch * H)
    return {
      states: Float64Array.from(states),
      observations: Float32Array.from(observations, (x) => x + error),
      rewards: none,
      terminationProbabilities: none,
      terminations: new Uint8Array(request.batch * H),
      lengths: new Int32Array(request.batch),
      computeMs: 1,
    }
  }
  // On true states it is exact, whatever the error.
  const begin = async ({ batch, states, windows }: Starts) => {
    expect(windows).toEqual(new Int32Array(batch).fill(1))
    const lastOf = (i: number) => row(states, i * L + L - 1, S)
    const seen = Array.from({ length: batch }, (_, i) =>
      [0, 1].flatMap((agent) => observationOf(lastOf(i), agent)),
    )
    return { observations: Float32Array.from(seen.flat()) }
  }
  const rewards = async ({ batch, horizon, states, actions }: Taken) =>
    Float32Array.from({ length: batch * horizon }, (_, i) => rewardOf(row(states, i, S), row(actions, i, 2)))
  return { kind: dima, spec, rollout, begin, rewards } as unknown as OpenSimulator
}

const env = syntheticEnv()
const episodes = [0, 1, 2].map((i) => collectEpisode(env, gaussianPolicy(env, 0.5), 1, 'held-out', i))
const options = { episodes, segments: 20, seed: 1 }
const scoresOf = (error: number, asked?: Rollout[]) => evaluate(simulatorOf(error, asked), options)

test('an exact model has no error, of states, observations, decoder or reward', async () => {
  const scores = await scoresOf(0)
  for (const plan of scores.plans) {
    expect(plan.cumulativeStateL1).toEqual([0, 0, 0, 0, 0])
    expect(plan.cumulativeObservationL1).toEqual([0, 0, 0, 0, 0])
  }
  expect(scores.decoderFloor.observationL1).toBeLessThan(1e-5)
  expect(scores.rewardL1).toBeLessThan(1e-4)
  expect(scores.rewardSmoothL1).toBeLessThan(1e-6)
})

test('an error of 0.1 standard deviations is an error of 0.1', async () => {
  const { plans } = await scoresOf(0.1)
  for (const plan of plans) {
    expect(plan.oneStepStateL1).toBeCloseTo(0.1, 10)
    expectClose(plan.cumulativeStateL1, [0.1, 0.2, 0.3, 0.4, 0.5], CLOSE.float64)
    expectClose(plan.cumulativeObservationL1, [0.1, 0.2, 0.3, 0.4, 0.5], CLOSE.float32)
  }
})

test('persistence is the error of the last start state', async () => {
  const { persistence } = await scoresOf(0)
  const segments = drawSegments(episodes, 20, 1, sizes)
  const still = Float64Array.from(segments.states, (_, i) => {
    const [segment, s] = [Math.floor(i / (H * S)), i % S]
    return segments.starts[(segment * L + L - 1) * S + s]!
  })
  const errors = stepErrors(still, segments.states, H, S, std)
  expect(persistence.oneStepStateL1).toBe(errors[0])
  expect(persistence.cumulativeStateL1).toEqual(accumulate(errors))
  // The third number of the state counts steps: its share of the observation error is known.
  expect(persistence.cumulativeObservationL1[0]!).toBeGreaterThan(2 / 4)
})

test('a model whose imagination explodes has no scores', async () => {
  await expect(scoresOf(Number.NaN)).rejects.toMatchObject({
    code: 'not_finite',
    message: expect.stringMatching(/^the score plans\.0\.oneStepStateL1 is NaN: the model imagines numbers/),
  })
})

test('every plan starts from the same segments and the same seed', async () => {
  const asked: Rollout[] = []
  const { plans } = await scoresOf(0, asked)
  const scored = asked.filter(({ seed }) => seed === 1)
  expect(scored.map(({ choice }) => (choice as PlanRequest).name)).toEqual(plans.map(({ plan }) => plan))
  for (const { states } of scored) expect(states).toEqual(scored[0]!.states)
  expect(
    plans.map(({ plan, order, evaluations, embeddings }) => [plan, order, evaluations, embeddings]),
  ).toEqual([
    ['joint', '-', 2, 1],
    ['progressive', 'descending', 4, 2],
    ['sequential', 'descending', 4, 2],
    ['sequential', 'ascending', 4, 2],
    ['sequential', 'balanced', 4, 2],
  ])
})

describe('the report', () => {
  test('is an aligned table with a row for every plan and the two references', async () => {
    const lines = scoreTable(await scoresOf(0.1)).split('\n')
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
    expect(lines.map((line) => line.split('|')[1]!.trim())).toEqual([
      'plan',
      expect.stringMatching(/^-+$/),
      'joint',
      'progressive, descending',
      'sequential, descending',
      'sequential, ascending',
      'sequential, balanced',
      'persistence',
      'decoder floor',
    ])
    expect(lines[2]).toContain('0.100 / 0.500 / 0.500')
  })

  test('can be drawn even where a model has no error', async () => {
    expect(scorePlot(await scoresOf(0), 'none')).not.toMatch(/NaN|Infinity/)
  })
})
