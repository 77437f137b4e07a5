// A run some of whose episodes are played otherwise than by sampling its policy: which ones, what says so, and that it is
// the same run when it is cut off.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EpochPlan } from '../../../src/algorithms/dima/epoch-plan.ts'
import { playedAs } from '../../../src/episodes/sources/exploration/played.ts'
import { RunFolder } from '../../../src/runs/run-folder.ts'
import { checkpointOf, linesOf, resultOf } from '../../runs/results.ts'
import { syntheticConfig, trainSynthetic } from '../../runs/synthetic-run.ts'

const root = mkdtempSync(join(tmpdir(), 'exploration-'))
const at = (name: string) => join(root, name)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const STEPS = 140
const { exploration: defaults } = syntheticConfig().hyperparameters
const exploration = { ...defaults, share: 0.5, lateShare: 0.9 }
const config = syntheticConfig({ exploration, capacity: 1000, finalEpochs: 1 }, STEPS)

beforeAll(() => trainSynthetic(at('run'), config))

const played = () => linesOf(at('run')).filter((line) => 'episode_return' in line)
const episodes = () => played().map((_, i) => new RunFolder(at('run')).loadEpisode(i))

test('the warm-up is sampled, later episodes are what seed and number say, the last fifth with a share of its own', () => {
  let steps = 0
  const kinds = new Set<unknown>()
  for (const [i, { length, played: kind }] of episodes().entries()) {
    const share = steps < 0.8 * STEPS ? 0.5 : 0.9
    const expected = steps < 20 ? undefined : playedAs({ ...exploration, share }, config.seed, i)
    expect(kind).toBe(expected)
    expect(played()[i]!.played).toBe(expected)
    kinds.add(kind)
    steps += length
  }
  expect(kinds.size).toBeGreaterThan(3)
})

test('the true reward is of the newest episode that was sampled', () => {
  const lines = linesOf(at('run'))
  const imagined = lines.filter((line) => 'true_reward' in line)
  const newest = imagined.map(({ epoch }) =>
    played().findLast(
      (line) => Number(line.epoch) <= Number(epoch) && (line.played ?? 'sampled') === 'sampled',
    ),
  )
  const rewards = newest.map((line) => Number(line!.episode_return) / Number(line!.episode_length))
  expect(imagined.map(({ true_reward }) => true_reward)).toEqual(
    rewards.map((reward) => expect.closeTo(reward, 6)),
  )
  expect(new Set(rewards).size).toBeLessThan(imagined.length) // some epochs have collected no such episode
})

test('cut off in its last fifth it ends the same', async () => {
  const { epoch: last } = checkpointOf(at('run'))
  const reporter = {
    update: ({ label }: { label: string }) => {
      if (label === `epoch ${last - 1} trains the model`) throw new Error('killed')
    },
  }
  await expect(trainSynthetic(at('cut'), config, { reporter })).rejects.toThrow('killed')
  expect((await trainSynthetic(at('cut'), config)).finished).toBe(true)
  expect(resultOf(at('cut'))).toEqual(resultOf(at('run')))
})

describe('with a share of 0', () => {
  const none = (change: Partial<typeof exploration>) =>
    syntheticConfig({ exploration: { ...defaults, ...change, share: 0 }, finalEpochs: 1 })

  test('nothing of the group applies', async () => {
    await trainSynthetic(at('none'), none({ finalWindows: 'recency' }))
    await trainSynthetic(at('other'), none({ lateShare: 1, finalWindows: 'rare' }))
    expect(resultOf(at('other'))).toEqual(resultOf(at('none')))
    expect(linesOf(at('none')).every((line) => !('played' in line))).toBe(true)
    expect('played' in new RunFolder(at('none')).loadEpisode(3)).toBe(false)
  })
})

test('final epochs learn from windows of their own, and leave the rest as it was', async () => {
  const finalWindows = 'recency'
  const hyperparameters = {
    ...config.hyperparameters,
    exploration: { ...exploration, finalWindows },
  } as const
  await trainSynthetic(at('recency'), { ...config, hyperparameters })
  const [recency, rare] = [checkpointOf(at('recency')).learners, checkpointOf(at('run')).learners]
  expect(rare.denoiser.p).not.toEqual(recency.denoiser.p)
  expect(rare.decoder).toEqual(recency.decoder)
  expect(rare.actor).toEqual(recency.actor)
})

test('the plan of a preset explores after the warm-up, and twice as much in the last fifth', () => {
  const plan = new EpochPlan({
    steps: 1000,
    hyperparameters: { ...config.hyperparameters, warmupSteps: 100 },
  })
  const shares = [0, 99, 100, 799, 800].map((before) => plan.exploration(before)?.share)
  expect(shares).toEqual([undefined, undefined, 0.5, 0.5, 0.9])
})
