// One lane in this thread and several in threads of their own do the same, to the last bit.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { Lanes } from '../../../src/learning/lanes/lanes.ts'
import type { LearnerState } from '../../../src/learning/learner.ts'
import type { Rollout, Trajectories } from '../../../src/worlds/rollout.ts'
import { stackSteps } from '../../graph/stack-steps.ts'
import { rolloutOf, tinyModel } from '../../inference/fixture.ts'
import { randomData } from '../../runs/data.ts'
import { configOf, TASK } from '../../runs/fixture.ts'
import { RECIPES, trainingOf } from '../../runs/training.ts'

const config = configOf()
const task = taskSpec(TASK)
const NAMES = ['decoder', 'reward'] as const
const data = randomData()
const batches = NAMES.map((name) => {
  const { draw } = trainingOf(name, config)
  return [1, 2, 3].map((i) => draw(data, new Rng(name, i)))
})
const model = tinyModel({ policy: true })

const open = (cores: number) =>
  Lanes.open({
    recipes: RECIPES,
    task,
    config,
    resources: { cores, stepsPerCall: 1 },
    groups: NAMES.map((name) => [name]),
  })

const steps = async (lanes: Lanes) =>
  Promise.all(
    NAMES.map(async (name, n) => {
      const metrics: Record<string, number>[] = []
      for (const batch of batches[n]!) metrics.push(await lanes.learner(name).step(batch, 1e-3))
      return { metrics, updates: lanes.learner(name).updates }
    }),
  )
const statesOf = (lanes: Lanes): Promise<LearnerState[]> =>
  Promise.all(NAMES.map(async (name) => structuredClone(await lanes.learner(name).state())))

const everyone = { agents: [true, true], mode: 'sample' as const, learning: true }
const rollout = (batch = 7): Rollout => rolloutOf(model.spec, { batch, horizon: 3, policy: everyone })
const timeless = ({ computeMs: _, ...rest }: Trajectories) => rest

let [one, two]: (Lanes | undefined)[] = []
const both = (): [Lanes, Lanes] => [one!, two!]
beforeAll(async () => {
  ;[one, two] = await Promise.all([open(1), open(2)])
})
afterAll(async () => {
  await Promise.all([one?.close(), two?.close()])
})

describe('training', () => {
  test('gives the same metrics and the same parameters', async () => {
    const [alone, apart] = await Promise.all(both().map(steps))
    expect(apart).toEqual(alone)
    expect(alone!.map(({ updates }) => updates)).toEqual([3, 3])
    const [mine, theirs] = await Promise.all(both().map(statesOf))
    expect(theirs).toEqual(mine)
  })

  test('goes on from a state that another lane has saved', async () => {
    const saved = await statesOf(one!)
    await Promise.all(both().map((lanes) => lanes.learner('decoder').step(batches[0]![0]!, 1e-3)))
    const expected = await statesOf(one!)
    await two!.learner('decoder').restore(saved[0]!)
    expect(two!.learner('decoder').updates).toBe(3)
    await two!.learner('decoder').step(batches[0]![0]!, 1e-3)
    expect(await statesOf(two!)).toEqual(expected)
  })

  test('with batches that are given away is the same, and a thread has them without a copy', async () => {
    const before = await Promise.all(both().map(statesOf))
    const given = both().map(() => stackSteps([batches[1]![0]!]))
    const once = (lanes: Lanes, i: number) => lanes.learner('reward').stepMany(given[i]!, [1e-3])
    const [alone, apart] = await Promise.all(both().map(once))
    expect(apart).toEqual(alone)
    expect(alone).toHaveLength(1)
    expect(both().map((lanes) => lanes.learner('reward').updates)).toEqual([4, 4])
    const [here, there] = given.map(({ states }) => states!.data.byteLength)
    expect([here! > 0, there]).toEqual([true, 0])
    const [mine, theirs] = await Promise.all(both().map(statesOf))
    expect(theirs![1]).toEqual(mine![1])
    for (const [i, lanes] of both().entries()) await lanes.learner('reward').restore(before[i]![1]!)
  })

  test('gives parameters without the moments', async () => {
    const { p } = (await statesOf(two!))[1]!
    expect(await two!.learner('reward').parameters()).toEqual(p)
  })

  test('no lane trains a network that is in no group', () => {
    expect(() => two!.learner('denoiser')).toThrow('no lane trains denoiser')
  })
})

describe('imagining', () => {
  test('before a world model is loaded fails in either', async () => {
    for (const lanes of both())
      await expect(lanes.rollout(rollout())).rejects.toThrow('no world model is loaded')
  })

  test('gives the same rows in the same order', async () => {
    const { policy, ...world } = model.graphs
    for (const lanes of both()) {
      await lanes.load(model.spec, world)
      await lanes.act(policy!)
    }
    const [alone, apart] = await Promise.all(both().map((lanes) => lanes.rollout(rollout())))
    expect(timeless(apart!)).toEqual(timeless(alone!))
    expect(alone!.drawn!.logProbabilities.length).toBe(7 * 3 * 2)
  })

  test('fewer rows than lanes leave some idle', async () => {
    const [alone, apart] = await Promise.all(both().map((lanes) => lanes.rollout(rollout(1))))
    expect(timeless(apart!)).toEqual(timeless(alone!))
  })

  test('another policy takes the place of the one before', async () => {
    const before = await two!.rollout(rollout())
    for (const lanes of both()) await lanes.act(tinyModel({ policy: true }).graphs.policy!)
    expect(timeless(await two!.rollout(rollout()))).toEqual(timeless(before))
  })
})

describe('what fails in a thread', () => {
  test('arrives with the same code, message and details as here, and the lane goes on', async () => {
    const wrong = { ...(await statesOf(one!))[0]!, v: [] }
    const failures = both().map((lanes) =>
      lanes
        .learner('decoder')
        .restore(wrong)
        .catch(({ code, message, details }) => ({ code, message, details })),
    )
    const [here, there] = await Promise.all(failures)
    expect(here).toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('another decoder network'),
    })
    expect(there).toEqual(here)
    expect((await two!.learner('decoder').state()).updates).toBe(4)
  })

  test('is the fault of this program where it has no code', async () => {
    const failure = two!.learner('decoder').step({}, 1e-3)
    await expect(failure).rejects.toThrow('states')
    await expect(failure).rejects.not.toHaveProperty('code')
  })
})

describe('a network that changes lanes', () => {
  test('does in another lane what it does in its own', async () => {
    const lanes = await Lanes.open({
      recipes: RECIPES,
      task,
      config,
      resources: { cores: 2, stepsPerCall: 1 },
      groups: [['reward'], [], ['decoder']],
      roaming: ['decoder'],
    })
    await lanes.learner('decoder').restore((await statesOf(one!))[0]!)
    for (const [i, batch] of batches[0]!.entries()) {
      await lanes.move('decoder', i % 2)
      expect(lanes.placeOf('decoder')).toBe(i % 2)
      const metrics = await lanes.learner('decoder').step(batch, 1e-3)
      expect(metrics).toEqual(await one!.learner('decoder').step(batch, 1e-3))
    }
    expect(await lanes.learner('decoder').state()).toEqual((await statesOf(one!))[0])
    expect((await lanes.callTimes()).decoder!.calls).toBe(3) // in both lanes together
    expect([lanes.roams('decoder'), lanes.roams('reward'), two!.roams('decoder')]).toEqual([
      true,
      false,
      false,
    ])
    await lanes.close()
  })
})

test('lanes say how long calls took, since they were asked for last', async () => {
  for (const lanes of both()) {
    await lanes.callTimes()
    expect(await lanes.callTimes()).toEqual({})
    await Promise.all(batches[0]!.map((batch) => lanes.learner('decoder').step(batch, 0)))
    const began = performance.now()
    await lanes.learner('reward').step(batches[1]![0]!, 0)
    const took = performance.now() - began
    const { decoder, reward } = await lanes.callTimes()
    expect([decoder!.calls, reward!.calls]).toEqual([3, 1])
    expect(reward!.milliseconds).toBe(reward!.longest)
    expect(reward!.longest).toBeLessThanOrEqual(took)
    expect(decoder!.longest).toBeGreaterThan(0)
    expect(decoder!.milliseconds).toBeGreaterThan(decoder!.longest)
  }
})
