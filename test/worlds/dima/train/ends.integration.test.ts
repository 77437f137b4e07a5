// False ends: the termination head begins at the rate of ends in the data, and a model of data without any has none.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@tensorflow/tfjs'
import { afterAll, expect, test } from 'vitest'
import { readTrainedModel } from '../../../../src/evaluation/trained-model.ts'
import { compileGraphs } from '../../../../src/graph/serving-graph.ts'
import { saveCheckpoint } from '../../../../src/runs/checkpoint.ts'
import type { Progress } from '../../../../src/runs/progress.ts'
import type { TrainedModel } from '../../../../src/runs/trained-model.ts'
import { asDima } from '../../../../src/worlds/dima/serve/spec.ts'
import { endRate } from '../../../../src/worlds/dima/train/termination-start.ts'
import { KINDS } from '../../../../src/worlds/kinds.ts'
import { openSimulator } from '../../../../src/worlds/open-simulator.ts'
import { rolloutOf } from '../../../inference/fixture.ts'
import { checkpointOf, linesOf, resultOf } from '../../../runs/results.ts'
import { syntheticConfig, trainSynthetic } from '../../../runs/synthetic-run.ts'

const root = mkdtempSync(join(tmpdir(), 'dima-'))
const at = (name: string) => join(root, name)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const imagined = async (model: TrainedModel) => {
  const simulator = await openSimulator(KINDS, model.spec, compileGraphs(model))
  const trajectories = await simulator.rollout(rolloutOf(asDima(model.spec), { batch: 20 }))
  await simulator.close()
  return trajectories
}

test('of so many ends in so many steps, never none and never all', () => {
  expect(endRate(3, 99)).toBe(0.035)
  expect([endRate(0, 99), endRate(10, 10)]).toEqual([0.005, 10.5 / 11])
})

test('the head begins at the rate of the data', async () => {
  const config = syntheticConfig({ capacity: 1000, warmupSteps: 60 }, 60)
  config.hyperparameters.reward.learningRate = 0 // it stays where it began
  config.hyperparameters.behaviour.updatesPerEpoch = 0
  await trainSynthetic(at('rate'), config)
  const { ends, environmentSteps } = checkpointOf(at('rate'))
  expect(ends).toBeGreaterThan(0)
  const model = await readTrainedModel(at('rate'))
  expect(model.spec.terminates).toBeUndefined()
  const { terminationProbabilities: p } = await imagined(model)
  const mean = p.reduce((sum, one) => sum + one, 0) / p.length
  expect(mean / endRate(ends!, environmentSteps)).toBeGreaterThan(0.8)
  expect(mean / endRate(ends!, environmentSteps)).toBeLessThan(1.25)
})

test('data without an end: nothing ends, neither in training nor in what it becomes', async () => {
  const config = syntheticConfig({}, 60)
  const endingOf = () => ({ length: 24, fails: false })
  await trainSynthetic(at('endless'), config, { endingOf })
  const shares = linesOf(at('endless')).map(({ imagined_end_share }) => imagined_end_share)
  expect(shares.filter((share) => share !== undefined)).toEqual([0, 0])
  const { terminationProbabilities, terminations, lengths } = await imagined(
    await readTrainedModel(at('endless')),
  )
  expect(new Set([...terminationProbabilities, ...terminations])).toEqual(new Set([0]))
  expect(new Set(lengths)).toEqual(new Set([15]))
})

test('of a run that kept no count the ends are counted in its episodes, if they are there', async () => {
  for (const [name, terminates] of [
    ['endless', false],
    ['rate', undefined],
  ] as const) {
    const { ends: _, ...older } = checkpointOf(at(name))
    saveCheckpoint(join(at(name), 'checkpoint.msgpack'), older)
    expect((await readTrainedModel(at(name))).spec.terminates).toBe(terminates)
  }
  rmSync(join(at('endless'), 'episodes'), { recursive: true })
  expect((await readTrainedModel(at('endless'))).spec.terminates).toBeUndefined()
})

test('a run cut off before its first update and in the epoch of it begins alike', async () => {
  const config = syntheticConfig({ warmupSteps: 45 }, 60) // two epochs only collect
  await trainSynthetic(at('whole'), config)
  const stop = new AbortController()
  const update = ({ label }: Progress) => {
    if (label === 'epoch 3 trains the model') stop.abort()
  }
  await trainSynthetic(at('cut'), config, { reporter: { update }, signal: stop.signal })
  expect(checkpointOf(at('cut'))).toMatchObject({ epoch: 2, learners: { reward: { updates: 0 } } })
  await trainSynthetic(at('cut'), config)
  expect(resultOf(at('cut'))).toEqual(resultOf(at('whole')))
})
