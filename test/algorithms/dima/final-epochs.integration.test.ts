// Epochs of the world model alone after the last step: what they change, and what they leave as it was.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EpochPlan } from '../../../src/algorithms/dima/epoch-plan.ts'
import { NETWORK_NAMES } from '../../../src/worlds/dima/train/world-model.ts'
import { checkpointOf, linesOf, resultOf } from '../../runs/results.ts'
import { syntheticConfig, trainSynthetic } from '../../runs/synthetic-run.ts'

const FINAL = 2

const root = mkdtempSync(join(tmpdir(), 'final-'))
const at = (name: string) => join(root, name)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const config = syntheticConfig({ finalEpochs: FINAL })
beforeAll(async () => {
  await trainSynthetic(at('without'), syntheticConfig())
  await trainSynthetic(at('with'), config)
})

const epochsOf = (name: string) => checkpointOf(at(name)).epoch

test('until then the run is the one without', () => {
  const { epoch } = checkpointOf(at('without'))
  expect(linesOf(at('with')).filter((line) => Number(line.epoch) <= epoch)).toEqual(linesOf(at('without')))
})

test('only the world model learns in them: nothing is collected, imagined or evaluated', () => {
  expect(epochsOf('with')).toBe(epochsOf('without') + FINAL)
  const [before, after] = [checkpointOf(at('without')), checkpointOf(at('with'))]
  for (const name of NETWORK_NAMES) {
    const { updatesPerEpoch } = config.hyperparameters[name]
    expect(after.learners[name].updates).toBe(before.learners[name].updates + FINAL * updatesPerEpoch)
    expect(after.learners[name].p).not.toEqual(before.learners[name].p)
  }
  for (const name of ['actor', 'critic'] as const) expect(after.learners[name]).toEqual(before.learners[name])
  expect(after.environmentSteps).toBe(before.environmentSteps)
  const last = linesOf(at('with')).filter(({ epoch }) => Number(epoch) > before.epoch)
  expect(new Set(last.map(({ network }) => network))).toEqual(new Set(NETWORK_NAMES))
})

test('learning rates fall from their peak to 0', () => {
  const { decoder } = config.hyperparameters
  const plan = new EpochPlan(config)
  const rate = (final: number, share: number) =>
    plan.modelRate(decoder, 500, { epoch: 9, before: 100, steps: 100, final }, share)
  expect([rate(0, 1), rate(1, 0), rate(1, 1), rate(2, 0), rate(2, 1)]).toEqual(
    [1, 1, 0.5, 0.5, 0].map((fall) => expect.closeTo(fall * decoder.learningRate, 12)),
  )
  const rates = linesOf(at('with')).filter(({ network }) => network === 'decoder')
  expect(rates.at(-1)!.learning_rate).toBeLessThan(0.5 * decoder.learningRate)
  expect(rates.at(-1 - FINAL)!.learning_rate).toBe(decoder.learningRate)
})

test('time left takes them for half an epoch while the policy learns, then for whole ones', () => {
  const plan = new EpochPlan(config) // of 100 steps
  const at = (epoch: number, steps: number, final: number) => ({ epoch, before: steps, steps, final })
  expect(plan.epochsLeft(at(2, 50, 0))).toBe(2 + FINAL)
  expect(plan.workLeft(at(2, 50, 0))).toBe(2 + FINAL / 2)
  expect([plan.epochsLeft(at(5, 100, 1)), plan.workLeft(at(5, 100, 1))]).toEqual([FINAL - 1, FINAL - 1])
  const collectedFirst = new EpochPlan(syntheticConfig({ trainingEpochs: 9 }))
  expect(collectedFirst.workLeft(at(4, 100, 0))).toBe(5)
  const { behaviour } = config.hyperparameters
  const modelOnly = new EpochPlan(
    syntheticConfig({ finalEpochs: FINAL, behaviour: { ...behaviour, updatesPerEpoch: 0 } }),
  )
  expect(modelOnly.workLeft(at(2, 50, 0))).toBe(2 + FINAL)
})

test('cut off in them a run ends the same', async () => {
  const killed = trainSynthetic(at('cut'), config, {
    reporter: {
      update: ({ label }) => {
        if (label === `epoch ${epochsOf('with')} trains the model`) throw new Error('killed')
      },
    },
  })
  await expect(killed).rejects.toThrow('killed')
  expect(epochsOf('cut')).toBe(epochsOf('with') - 1)
  expect((await trainSynthetic(at('cut'), config)).finished).toBe(true)
  expect(resultOf(at('cut'))).toEqual(resultOf(at('with')))
})

test('a run that was finished can be made longer: it collects and learns again, and then has them again', async () => {
  const longer = { ...config, steps: config.steps + 30 }
  cpSync(at('with'), at('longer'), { recursive: true })
  await trainSynthetic(at('longer'), longer)
  const [before, after] = [checkpointOf(at('with')), checkpointOf(at('longer'))]
  expect(after.environmentSteps).toBeGreaterThanOrEqual(longer.steps)
  expect(after.finalEpochs).toBe(FINAL)
  expect(after.epoch).toBeGreaterThan(before.epoch + FINAL)
  expect(after.learners.actor!.updates).toBeGreaterThan(before.learners.actor!.updates)
  const lines = linesOf(at('longer'))
  expect(lines.slice(0, linesOf(at('with')).length)).toEqual(linesOf(at('with')))
})
