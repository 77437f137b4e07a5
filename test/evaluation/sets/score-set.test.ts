// Errors on a set are in its own deviations, whatever those of the model are.
import { expect, test } from 'vitest'
import { deviation, sum } from '../../../src/common/statistics.ts'
import { collectEpisode, gaussianPolicy } from '../../../src/episodes/replay/collect.ts'
import { drawSegments } from '../../../src/evaluation/held-out.ts'
import { setTable } from '../../../src/evaluation/sets/report.ts'
import { scoreSet } from '../../../src/evaluation/sets/score-set.ts'
import { dima } from '../../../src/worlds/dima/serve/kind.ts'
import type { OpenSimulator } from '../../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'
import { sizes, spec, syntheticEnv } from '../../runs/synthetic-env.ts'

const { horizon: H, state: S } = sizes
const env = syntheticEnv()
const episodes = [0, 1, 2].map((i) => collectEpisode(env, gaussianPolicy(env, 0.5), 1, 'held-out', i))
const drawing = { segments: 20, seed: 4 }
const truth = drawSegments(episodes, drawing.segments, drawing.seed, sizes)

/** Of an entry over the set, without the states that episodes end in, as in training. */
const deviationOf = (s: number) =>
  deviation(episodes.flatMap(({ states, length }) => Array.from({ length }, (_, t) => states[t * S + s]!)))

/** Imagines the truth, and in entry 0 as much more as half a deviation of the set. */
function simulatorOf(asked: Rollout[] = []) {
  const states = truth.states.map((value, i) => value + (i % S === 0 ? 0.5 * deviationOf(0) : 0))
  const rollout = async (request: Rollout) => {
    asked.push(request)
    return { states }
  }
  const other = { ...spec.normalisation, std: spec.normalisation.std.map((value) => 7 * value) }
  return { kind: dima, spec: { ...spec, normalisation: other }, rollout } as unknown as OpenSimulator
}

test('an error of half a deviation of the set in one entry is half of one over all entries', async () => {
  const asked: Rollout[] = []
  const score = await scoreSet(simulatorOf(asked), episodes, drawing)
  expect(score.oneStepStateL1).toBeCloseTo(0.5 / S, 5)
  expect(score.cumulativeStateL1.at(-1)).toBeCloseTo((0.5 * H) / S, 5)
  expect(score.medianCumulativeStateL1.at(-1)).toBeCloseTo((0.5 * H) / S, 5)
  expect(asked.map(({ choice, seed }) => [choice, seed])).toEqual([[{ name: 'joint', order: [] }, 4]])
})

test('persistence is in the same units', async () => {
  const { persistence } = await scoreSet(simulatorOf(), episodes, drawing)
  const errors = Array.from({ length: drawing.segments * S }, (_, i) => {
    const [row, s] = [Math.floor(i / S), i % S]
    const last = truth.starts[(row * sizes.context + sizes.context - 1) * S + s]!
    return Math.abs(truth.states[row * H * S + s]! - last) / deviationOf(s)
  })
  expect(persistence.oneStepStateL1).toBeCloseTo(sum(errors) / errors.length, 6)
  expect(persistence.cumulativeStateL1).toHaveLength(H)
})

test('a row says of a set how long it is, what it earned, and both errors', async () => {
  const score = await scoreSet(simulatorOf(), episodes, drawing)
  expect(score).toMatchObject({ episodes: 3, steps: sum(episodes.map(({ length }) => length)) })
  const [head, , row] = setTable({ mean: score }).split('\n')
  const cells = (line: string) => line.split('|').map((cell) => cell.trim())
  expect(cells(head!)).toContain(`sum to ${H}`)
  expect(cells(row!).slice(1, 6)).toEqual([
    'mean',
    '3',
    score.return.toFixed(1),
    (0.5 / S).toFixed(4),
    ((0.5 * H) / S).toFixed(3),
  ])
})
