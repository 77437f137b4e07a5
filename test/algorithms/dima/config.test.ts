import { describe, expect, test } from 'vitest'
import { resolveConfig, restoreDima } from '../../../src/algorithms/dima/config.ts'
import { runFolderOf, TrainFlags } from '../../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../../src/common/config.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { DIMA_POLICY, PRESET_NAMES } from '../../../src/networks/policy-sizes.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/dima/networks/presets.ts'

const resolve = (...argv: string[]) => resolveConfig(parseFlags(TrainFlags, argv))

test('the paper preset has the paper hyper-parameters (method.md 1, 2.9, 3, 5)', () => {
  const { hyperparameters, networks } = resolve('--preset', 'paper')
  expect(networks).toEqual(NETWORK_PRESETS.paper)
  const { denoiser, decoder, reward, recency, capacity, warmupSteps, stepsPerEpoch } = hyperparameters
  const brief = ({ batch, learningRate, clipNorm, updatesPerEpoch, decay }: typeof decoder) => [
    batch,
    learningRate,
    clipNorm,
    updatesPerEpoch,
    decay,
  ]
  expect(brief(denoiser)).toEqual([64, 1e-4, 1, 200, 'constant'])
  expect(brief(decoder)).toEqual([256, 3e-4, 10, 200, 'constant'])
  expect(brief(reward)).toEqual([128, 1e-4, 10, 200, 'constant'])
  expect([denoiser.selfFed, denoiser.warmup, denoiser.sigmaLogMean, denoiser.sigmaLogStd]).toEqual([
    3, 100, -0.4, 1.2,
  ])
  expect([denoiser.sigmaMin, denoiser.sigmaMax]).toEqual([0.002, 20])
  expect([recency, capacity, warmupSteps, stepsPerEpoch]).toEqual([[0.1, 0.1, 0.1, 0.7], 250_000, 5000, 200])
})

test('of hands the policy discounts and explores as Table 1 has it', () => {
  const { hyperparameters } = resolve('--preset', 'paper', '--task', 'DexHands-BottleCap-mj1')
  expect(hyperparameters).toMatchObject({ stepsPerEpoch: 500, behaviour: { gamma: 0.95, entropy: 0.01 } })
  const small = resolve('--preset', 'small', '--task', 'DexHands-BottleCap-mj1').hyperparameters
  expect(small).toMatchObject({ evaluation: { episodes: 1 }, behaviour: { gamma: 0.95, rollouts: 600 } })
})

test('states that are wider than the U-Net are predicted linearly beside it', () => {
  for (const task of ['DexHands-BottleCap-mj1', 'Ant-4x2'])
    for (const algorithm of ['dima', 'world-model']) {
      const { networks } = resolve('--preset', 'small', '--task', task, '--algorithm', algorithm)
      expect(networks.denoiser.linearPath).toBe(true)
    }
  const without = [
    '--preset',
    'small',
    '--task',
    'DexHands-BottleCap-mj1',
    '--set',
    'denoiser.linearPath=false',
  ]
  expect(resolve(...without).networks).toEqual(NETWORK_PRESETS.small)
  expect(resolve('--preset', 'small').networks).toEqual(NETWORK_PRESETS.small)
})

test('rows go the way of the sampler where that helped, at equal cost', () => {
  const rows = (...argv: string[]) => {
    const { batch, samplerShare } = resolve(...argv).hyperparameters.denoiser
    return [batch, samplerShare]
  }
  expect(rows()).toEqual([102, 0.25])
  for (const task of ['DexHands-BottleCap-mj1', 'Ant-4x2']) expect(rows('--task', task)).toEqual([128, 0])
  expect(rows('--algorithm', 'world-model')).toEqual([128, 0])
  expect(rows('--preset', 'paper')).toEqual([64, 0])
})

test('the paper preset learns the policy as the paper does (method.md 4.3, 5)', () => {
  const { algorithm, policy, hyperparameters } = resolve('--preset', 'paper')
  expect([algorithm, policy]).toEqual(['dima', DIMA_POLICY])
  expect(hyperparameters.behaviour).toEqual({
    passes: 5,
    minibatches: 1,
    learningRate: 5e-4,
    epsilon: 1e-5,
    clipNorm: 10,
    clip: 0.1,
    valueClip: 0.1,
    huberDelta: 10,
    entropy: 0.001,
    spreadGain: 1,
    startDiscount: 1,
    gamma: 0.99,
    lambda: 0.95,
    advantageEpsilon: 1e-4,
    decay: 'constant',
    updatesPerEpoch: 4,
    warmupEpochs: 9,
    rollouts: 600,
    plan: 'joint',
    termination: 'restart',
    targetRate: 1,
    boundValues: false,
    returnMemory: 1,
    anchors: 0,
  })
  expect(hyperparameters.evaluation).toEqual({ everySteps: 1000, episodes: 10 })
})

test('a world model alone learns no policy, and --plan says how one imagines', () => {
  expect(resolve('--algorithm', 'world-model').hyperparameters.behaviour.updatesPerEpoch).toBe(0)
  expect(resolve('--plan', 'sequential').hyperparameters.behaviour.plan).toBe('sequential')
  const { denoiser } = resolve('--plan', 'sequential').hyperparameters
  expect(denoiser).toMatchObject({ oneAgentShare: 1, allAgentsShare: 0, samplerShare: 0, batch: 128 }) // the paper's objective
  const mixed = resolve('--plan', 'sequential', '--set', 'denoiser.oneAgentShare=0.5').hyperparameters
  expect(mixed.denoiser.oneAgentShare).toBe(0.5)
  expect(resolve('--plan', 'progressive').hyperparameters.denoiser).toEqual(
    resolve().hyperparameters.denoiser,
  )
})

test('a run from before there was exploration is what the same command is with a share of 0', () => {
  const without = resolve('--set', 'exploration.share=0')
  const { exploration: _, ...hyperparameters } = without.hyperparameters
  expect(restoreDima({ ...without, hyperparameters })).toEqual(without)
  expect(resolve().hyperparameters.exploration.share).toBeGreaterThan(0)
})

test('of recorded episodes only a world model is learned', () => {
  const source = { spec: taskSpec('HalfCheetah-2x3'), recorded: [900, 900] }
  const of = (...argv: string[]) => resolveConfig(parseFlags(TrainFlags, ['--dataset', 'x', ...argv]), source)
  expect(of().algorithm).toBe('world-model')
  expect(() => of('--set', 'exploration.share=0.1')).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      details: { field: 'exploration.share', given: 0.1 },
    }),
  )
  expect(() => of('--algorithm', 'dima')).toThrow(
    expect.objectContaining({ code: 'invalid_config', details: { field: 'algorithm', given: 'dima' } }),
  )
})

describe.each(PRESET_NAMES)('the preset %s', (preset) => {
  test('resolves the same every time', () => {
    const first = structuredClone(resolve('--preset', preset))
    const changed = resolve('--preset', preset)
    changed.hyperparameters.denoiser.batch = 1
    changed.hyperparameters.recency[0] = 9
    expect(resolve('--preset', preset)).toEqual(first)
  })

  test('sees one agent in a third of the samples and all in a third', () => {
    const { oneAgentShare, allAgentsShare } = resolve('--preset', preset).hyperparameters.denoiser
    expect([oneAgentShare, allAgentsShare]).toEqual([1 / 3, 1 / 3])
  })
})

test('fewer steps than the warm-up are refused', () => {
  expect(() => resolve('--preset', 'paper', '--steps', '4999')).toThrow(
    'steps must be at least 5000, the warm-up',
  )
})

test.each([
  ['--preset', 'huge', '--preset '],
  ['--engine', 'torch', '--engine '],
  ['--seed', '2.5e-1x', '--seed '],
  ['--threads', 'two', '--threads '],
  ['--threads', '1.5', '--threads '],
])('%s %s is refused by name', (flag, value, field) => {
  expect(() => resolve(flag, value)).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(field) }),
  )
})

test('a flag that is not there is refused by name', () => {
  expect(() => resolve('--step', '4')).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining('--step ') }),
  )
})

test('the run folder is named after task, preset and seed unless given', () => {
  const folderOf = (...argv: string[]) => runFolderOf(parseFlags(TrainFlags, argv), resolve(...argv))
  expect(folderOf('--seed', '3')).toBe('runs/halfcheetah-2x3-dima-small-seed3')
  expect(folderOf('--task', 'HalfCheetah-2x3-v1?observation=raw')).toBe(
    'runs/halfcheetah-2x3-observation-raw-dima-small-seed1',
  )
  expect(folderOf('--algorithm', 'world-model', '--seed', '3')).toBe('runs/halfcheetah-2x3-small-seed3')
  expect(folderOf('--out', '/tmp/x')).toBe('/tmp/x')
})

test('where episodes come from is no part of the configuration: the run folder keeps it beside', () => {
  const config = resolve('--env', 'ws://127.0.0.1:7000', '--envs', '4', '--out', 'x')
  expect(config).toEqual(resolve())
  expect(Object.keys(config).sort()).toEqual(
    [
      'algorithm',
      'device',
      'engine',
      'hyperparameters',
      'networks',
      'policy',
      'preset',
      'seed',
      'steps',
      'task',
      'threads',
    ].sort(),
  )
})

describe('recorded episodes', () => {
  const spec = { ...taskSpec('HalfCheetah-2x3'), name: 'Recorded-v0' }
  const plan = (lengths: number[], ...argv: string[]) =>
    resolveConfig(parseFlags(TrainFlags, argv), { spec, recorded: lengths })

  test('are all collected before the first epoch, whatever the preset says', () => {
    for (const preset of PRESET_NAMES) {
      const { task, steps, hyperparameters } = plan([900, 50, 2000], '--preset', preset)
      expect([task, steps]).toEqual(['Recorded-v0', 2950])
      expect(hyperparameters.warmupSteps).toBe(0)
      expect(hyperparameters.trainingEpochs).toBeGreaterThan(0)
      expect(hyperparameters.recency).toEqual([0.25, 0.25, 0.25, 0.25])
    }
  })

  test('have as many epochs as collecting them in turn would have had', () => {
    const epochs = (lengths: number[], preset: string) =>
      plan(lengths, '--preset', preset).hyperparameters.trainingEpochs
    expect(epochs(Array(10).fill(1000), 'debug')).toBe(10) // 100 steps an epoch, one episode each
    expect(epochs(Array(10).fill(50), 'debug')).toBe(5)
    expect(epochs([50, 50, 50], 'debug')).toBe(2)
    expect(epochs(Array(10).fill(1000), 'paper')).toBe(6) // from 5000 steps on
    expect(epochs([20], 'paper')).toBe(1)
    expect(epochs(Array(10).fill(1000), 'small')).toBe(20) // the preset's own
  })

  test('--steps takes the first of them, whole', () => {
    expect(plan([30, 40, 50], '--steps', '60').steps).toBe(60)
    expect(plan([30, 40, 50], '--steps', '5000').steps).toBe(120)
    expect(
      plan(Array(10).fill(100), '--steps', '250', '--preset', 'debug').hyperparameters.trainingEpochs,
    ).toBe(3)
  })

  test('all fit into the replay', () => {
    expect(plan([300_000, 10]).hyperparameters.capacity).toBe(300_010)
    expect(plan([300]).hyperparameters.capacity).toBe(250_000)
  })
})
