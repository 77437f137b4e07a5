// What a run that learns a policy does, epoch by epoch (method.md 5), and what it leaves.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTrainer } from '../../../src/algorithms/dima/trainer.ts'
import { compileActor, PolicySession } from '../../../src/algorithms/policy/policy.ts'
import { openGraphSession } from '../../../src/engine/session.ts'
import { readTrainedModel } from '../../../src/evaluation/trained-model.ts'
import { compileGraphs } from '../../../src/graph/serving-graph.ts'
import { evaluationOf } from '../../../src/runs/policy-evaluation.ts'
import { RunFolder } from '../../../src/runs/run-folder.ts'
import { asDima } from '../../../src/worlds/dima/serve/spec.ts'
import { dimensionsOf, NETWORK_NAMES } from '../../../src/worlds/dima/train/world-model.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { openSimulator } from '../../../src/worlds/open-simulator.ts'
import type { Played } from '../../episodes/sources/synthetic-task.ts'
import { rolloutOf } from '../../inference/fixture.ts'
import { quiet, RESOURCES } from '../../runs/fixture.ts'
import { checkpointOf, linesOf, timesOf } from '../../runs/results.ts'
import { sourceOf, syntheticConfig, trainSynthetic } from '../../runs/synthetic-run.ts'

const root = mkdtempSync(join(tmpdir(), 'dima-'))
const run = join(root, 'run')
afterAll(() => rmSync(root, { recursive: true, force: true }))

const config = syntheticConfig()
const { evaluation } = config.hyperparameters
let lines: ReturnType<typeof linesOf>
let asked: Played[]
beforeAll(async () => {
  ;({ asked } = await trainSynthetic(run, config))
  lines = linesOf(run)
})

const has = (field: string) => lines.filter((line) => field in line)

/** The actor as the run left it, ready to act. */
const finalActor = () => {
  const { learners } = checkpointOf(run)
  return compileActor(dimensionsOf(sourceOf(config).source.spec), config.policy.actor, learners.actor!.p)
}

describe('the metrics', () => {
  test('have lines of actor and critic from the first epoch on that follows the warm-up', () => {
    const { epoch } = checkpointOf(run)
    const epochs = Array.from({ length: epoch - 1 }, (_, i) => i + 2)
    for (const network of ['actor', 'critic'])
      expect(
        lines.filter((line) => line.network === network).map((line) => [line.epoch, line.update]),
      ).toEqual(epochs.map((number) => [number, 2 * (number - 1)]))
    expect(has('imagined_reward').map((line) => line.epoch)).toEqual(epochs)
    const { learningRate } = config.hyperparameters.behaviour
    for (const line of lines.filter(({ network }) => network === 'actor' || network === 'critic'))
      expect(line.learning_rate).toBe(learningRate)
  })

  test('say of every epoch where the time of its networks went', () => {
    const { hyperparameters } = config
    const times = timesOf(run)
    expect(times).toHaveLength(checkpointOf(run).epoch)
    for (const line of times.filter((line) => 'seconds_world_model' in line))
      for (const network of NETWORK_NAMES) {
        expect(line[`${network}_calls`]).toBe(hyperparameters[network].updatesPerEpoch)
        expect(line[`${network}_call_ms`]).toBeGreaterThan(0)
        expect(line[`${network}_longest_call_ms`]).toBeGreaterThanOrEqual(Number(line[`${network}_call_ms`]))
        expect(line[`${network}_draw_seconds`]).toBeGreaterThanOrEqual(0)
      }
    expect(times.at(-1)).toHaveProperty('actor_calls')
  })

  test('compare imagined rewards with those of the newest episode', () => {
    for (const line of has('imagined_reward')) {
      const played = has('episode_return').filter(({ epoch }) => epoch === line.epoch)
      const newest = played.at(-1)!
      expect(line.true_reward).toBeCloseTo(Number(newest.episode_return) / Number(newest.episode_length), 6)
      const [low, mean, high] = ['_min', '', '_max'].map((suffix) => Number(line[`imagined_reward${suffix}`]))
      expect(low!).toBeLessThan(mean!)
      expect(mean!).toBeLessThan(high!)
      expect(Number(line.policy_std)).toBeGreaterThan(0)
      expect(Number(line.policy_std)).toBeLessThan(0.5)
      expect(Number(line.imagined_end_share)).toBeGreaterThanOrEqual(0)
      expect(Number(line.imagined_end_share)).toBeLessThanOrEqual(1)
    }
  })

  test('have an evaluation whenever another so many steps have passed, and one at the end', () => {
    const steps = has('episode_return').map((line) => Number(line.steps))
    const due = steps.filter((after, i) => {
      const passed = (count: number) => Math.floor(count / evaluation.everySteps)
      return passed(after) > passed(steps[i - 1] ?? 0) || after >= config.steps
    })
    expect(due.length).toBeGreaterThanOrEqual(2)
    expect(due.length).toBeLessThan(steps.length)
    expect(has('evaluation_return').map((line) => line.steps)).toEqual(due)
  })
})

test('the last evaluation is of the actor in the checkpoint: mean actions, whole episodes', async () => {
  const { source } = sourceOf(config)
  const policy = await PolicySession.open(finalActor(), dimensionsOf(source.spec))
  const played = await source.play(policy, 'mean', evaluation.episodes, config.seed)
  const { epoch: _, steps: __, ...said } = has('evaluation_return').at(-1)!
  expect(said).toEqual(evaluationOf(played))
  expect(said.evaluation_episodes).toBe(3)
  await policy.close()
  await source.close()
})

test('the policy plays from the start, and after every epoch that it learned in another one does', () => {
  const epochs = has('episode_return').map((line) => Number(line.epoch))
  const players = asked.map(({ first, policy }) => ({ epoch: epochs[first]!, policy }))
  expect(players.every(({ policy }) => policy !== undefined)).toBe(true)
  for (const [i, { epoch, policy }] of players.entries()) {
    const before = players[i - 1]
    if (!before) continue
    // in the first epoch only the world model is trained
    expect(policy === before.policy).toBe(epoch === before.epoch || before.epoch === 1)
  }
})

describe('the trained model', () => {
  test('has the policy that the checkpoint has', async () => {
    const model = await readTrainedModel(run)
    expect(model.record.config.algorithm).toBe('dima')
    expect(Buffer.from(compileGraphs(model).policy!).equals(Buffer.from(finalActor()))).toBe(true)
  })

  test('imagines with it in the loop', async () => {
    const model = await readTrainedModel(run)
    const graphs = compileGraphs(model)
    const simulator = await openSimulator(KINDS, model.spec, graphs)
    const actor = await openGraphSession(graphs.policy!)
    const policy = { agents: [true, true], mode: 'mean' as const, learning: true }
    const { states, actions, drawn } = await simulator.rollout(
      rolloutOf(asDima(model.spec), { batch: 2, policy }),
    )
    expect(states.every(Number.isFinite)).toBe(true)
    const { horizon, agents, observation } = model.spec
    const shape = [2 * horizon, agents.length, observation.length]
    const { mean } = await actor.run({ observations: { data: drawn!.observations!, shape } })
    expect([...mean!.data]).toEqual([...actions!].map((action) => expect.closeTo(action, 4)))
    await simulator.close()
    await actor.release()
  })
})

describe('the epoch rule', () => {
  const MINIBATCHES = 7 // of 120 imagined steps: one is left out of every pass
  const short = (epochRule: 'episodes' | 'steps') => {
    const changed = syntheticConfig({ epochRule, stepsPerEpoch: 10, warmupSteps: 10 }, 40)
    Object.assign(changed.hyperparameters.behaviour, {
      warmupEpochs: 0,
      updatesPerEpoch: 1,
      minibatches: MINIBATCHES,
      decay: 'linear',
    })
    return changed
  }

  const ratesIn = (path: string) =>
    linesOf(path)
      .filter(({ network }) => network === 'actor')
      .map((line) => Number(line.learning_rate))

  test.each(['episodes', 'steps'] as const)('%s says how often an epoch trains', async (rule) => {
    const path = join(root, rule)
    await trainSynthetic(path, short(rule))
    const lengths = linesOf(path)
      .filter((line) => 'episode_length' in line)
      .map((line) => Number(line.episode_length))
    expect(lengths.every((length) => length >= 20)).toBe(true)
    const rounds = lengths.reduce((sum, length) => sum + (rule === 'steps' ? Math.floor(length / 10) : 1), 0)
    const { learners, behaviour } = checkpointOf(path)
    for (const name of ['decoder', 'denoiser', 'reward'] as const)
      expect(learners[name].updates).toBe(5 * rounds)
    expect(behaviour!.updates).toBe(rounds)
    const { passes, learningRate } = config.hyperparameters.behaviour
    for (const name of ['actor', 'critic'] as const)
      expect(learners[name]!.updates).toBe(passes * MINIBATCHES * rounds)
    const rates = ratesIn(path) // asked to fall to the end of the run
    expect(rates.length).toBe(lengths.length)
    expect(rates).toEqual([...new Set(rates)].sort((a, b) => b - a))
    expect(rates.every((rate) => rate > 0 && rate <= learningRate)).toBe(true)
  })
})

test('a source that can not be played in is refused before anything is compiled or written', async () => {
  const { source } = sourceOf(config)
  const recorded = Object.assign(Object.create(source), { play: undefined })
  const folder = new RunFolder(join(root, 'recorded'))
  const options = { folder, source: recorded, reporter: quiet, resources: RESOURCES }
  await expect(openTrainer(config, options)).rejects.toMatchObject({
    code: 'invalid_config',
    details: { field: 'algorithm' },
  })
  await source.close()
})
