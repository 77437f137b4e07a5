// A run's folder in a few kilobytes.
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { summarise } from '../../../src/evaluation/results/summarise.ts'
import { readSummary, summaryText, writeSummary } from '../../../src/evaluation/results/summary.ts'
import { saveCheckpoint } from '../../../src/runs/checkpoint.ts'
import {
  emptyFolder,
  type FakeRun,
  REWARD,
  returnOf,
  scores,
  textOf,
  writeRun,
} from '../../report/run-folders.ts'

const POLICY = {
  meanActions: { episodes: 10, mean: 900, std: 9, min: 0, max: 1 },
  sampledActions: { episodes: 40, mean: 500, std: 5, min: 0, max: 1 },
  imaginedReward: 0.55,
  realReward: 0.5,
  rewardRelativeError: 0.1,
}

const SET = { episodes: 4, steps: 4000, return: 1, oneStepStateL1: 0.05, cumulativeStateL1: [0.05, 0.2] }
const STILL = { oneStepStateL1: 0.8, cumulativeStateL1: [0.8, 2.4] }
const OF_SET = { ...SET, medianCumulativeStateL1: [0.04, 0.1], persistence: STILL }
const HELD_OUT = {
  model: 'runs/x',
  plan: 'joint',
  seed: 1,
  segments: 50,
  sets: { mean: OF_SET, random: OF_SET },
}

/** With a checkpoint after `done` epochs, and what a record has besides. */
function trained(fake: FakeRun = {}, done = 10): string {
  const path = writeRun(emptyFolder(), fake)
  const record = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))
  const command = 'npm run train -- --out /somewhere/else --seed 1'
  const more = { command, startedAt: '2026-01-01T00:00:00.000Z' }
  writeFileSync(join(path, 'config.json'), JSON.stringify({ ...record, ...more }))
  saveCheckpoint(join(path, 'checkpoint.msgpack'), { epoch: done, environmentSteps: 1000 * done, seconds: 1 })
  return path
}

const evaluated = (path: string, name: string, content: object) =>
  writeFileSync(join(path, name), JSON.stringify(content))

test('has curves, end and time of the run, and no place of this machine', () => {
  const summary = summarise(trained({ seed: 2 }))
  expect(summary).toMatchObject({
    ...{ task: 'HalfCheetah-2x3', algorithm: 'dima', seed: 2, environmentSteps: 10_000, epochs: 10 },
    ...{ seconds: 400, processorSeconds: 600, command: 'npm run train -- --seed 1', errors: [] },
    meanActions: { mean: returnOf('dima', 2, 10_000), std: 25, episodes: 10, by: 'training' },
    sampledActions: { episodes: 10, by: 'training' },
    updates: { decoder: 400, critic: 400 },
  })
  expect(summary.evaluations[2]).toEqual([3000, returnOf('dima', 2, 3000), 25])
  expect(summary.played.at(-1)).toEqual([10_000, returnOf('dima', 2, 10_000) - 10])
  const [first] = summary.imagination
  expect(first).toMatchObject({ imaginedReward: REWARD.imagined + 0.01, imaginedEnds: 0.01, playedEnds: 0 })
  expect(first!.playedReward).toBeCloseTo((returnOf('dima', 2, 1000) - 10) / 1000)
})

test('ends are episodes that are shorter than the limit', () => {
  const [first] = summarise(trained({ stepsPerEpoch: 500 })).imagination
  expect(first!.playedEnds).toBeCloseTo(1 / 500)
})

test('episodes that were played for exploration are none of the policy’s', () => {
  const path = trained()
  const explored = { epoch: 10, steps: 9900, episode_return: 1e6, episode_length: 10, played: 'random' }
  const before = summarise(path)
  appendFileSync(join(path, 'metrics.jsonl'), textOf([explored]))
  expect(summarise(path)).toEqual(before)
})

test('names what is not the preset’s', () => {
  const changed = { finalEpochs: 3, behaviour: { plan: 'joint', gamma: 0.9 } }
  const given = summarise(trained({ hyperparameters: changed })).changed!
  expect(given).toMatchObject({ finalEpochs: 3, 'behaviour.gamma': 0.9 })
  expect(Object.keys(given)).not.toContain('behaviour.plan')
})

test('stops at the checkpoint: later lines are written again when the run goes on', () => {
  const path = trained({}, 4)
  appendFileSync(join(path, 'metrics.jsonl'), '{"epoch":11,"ste')
  const { epochs, evaluations, seconds } = summarise(path)
  expect([epochs, evaluations.at(-1)![0], seconds]).toEqual([4, 4000, 160])
})

test('takes the errors of every held-out set, and returns of evaluations before those of training', () => {
  const path = trained()
  evaluated(path, 'evaluation.json', { ...scores(), policy: POLICY })
  evaluated(path, 'held-out.json', HELD_OUT)
  const summary = summarise(path)
  expect(summary.errors.map(({ set }) => set)).toEqual(['random', 'mean'])
  expect(summary.errors[1]).toEqual({
    ...{
      set: 'mean',
      plan: 'joint',
      seed: 1,
      horizon: 2,
      episodes: 4,
      segments: 50,
      oneStep: 0.05,
      sum: 0.2,
    },
    persistence: { oneStep: 0.8, sum: 2.4 },
  })
  expect(summary.sampledActions).toEqual({ mean: 500, std: 5, episodes: 40, by: 'evaluate' })
  expect(summary.reward).toEqual({ imagined: 0.55, real: 0.5, relativeError: 0.1 })
})

test('leaves out scores of before the checkpoint', () => {
  const path = trained()
  evaluated(path, 'evaluation.json', { ...scores(), policy: POLICY })
  utimesSync(join(path, 'evaluation.json'), 1, 1)
  const said: string[] = []
  const summary = summarise(path, (why) => said.push(why))
  expect(summary).toMatchObject({ errors: [], meanActions: { by: 'training' } })
  expect(said.join()).toMatch(/evaluation\.json is older than the checkpoint/)
})

test('refuses damaged scores, and runs without a checkpoint', () => {
  const path = trained()
  evaluated(path, 'held-out.json', { plan: 'joint', seed: 1, sets: {} })
  expect(() => summarise(path)).toThrow(/held-out\.json is damaged: .*segments/)
  expect(() => summarise(writeRun(emptyFolder()))).toThrow(/no checkpoint/)
})

test('a file is the same for the same run, read as it was written, and not lost to another run', () => {
  const [path, folder] = [trained({ algorithm: 'mappo' }), emptyFolder()]
  const file = writeSummary(folder, summarise(path))
  expect(file).toBe(join(folder, 'halfcheetah-2x3-mappo-seed1.json'))
  writeSummary(folder, summarise(path))
  expect(readSummary(file)).toEqual(summarise(path))
  expect(readFileSync(file, 'utf8')).toBe(summaryText(summarise(path)))
  const other = { ...summarise(path), startedAt: '2027-01-01T00:00:00.000Z' }
  expect(() => writeSummary(folder, other)).toThrow(/another run/)
  writeFileSync(file, textOf([{ epoch: 1 }]))
  expect(() => readSummary(file)).toThrow(/seed1\.json is damaged/)
})
