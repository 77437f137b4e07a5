import { describe, expect, test } from 'vitest'
import { parseFlags } from '../../src/common/config.ts'
import { NETWORK_PRESETS, PRESET_NAMES } from '../../src/networks/presets.ts'
import { resolveConfig, runFolderOf, TrainFlags } from '../../src/training/train-config.ts'

const resolve = (...argv: string[]) => resolveConfig(parseFlags(TrainFlags, argv))

test('the paper preset has the paper hyper-parameters (dima.md 1, 2.9, 3, 5)', () => {
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
  ['--preset', 'huge', 'config.preset'],
  ['--engine', 'torch', 'config.engine'],
  ['--seed', '2.5e-1x', 'config.seed'],
  ['--threads', 'two', 'config.threads'],
  ['--threads', '1.5', 'config.threads'],
])('%s %s is refused by name', (flag, value, field) => {
  expect(() => resolve(flag, value)).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(field) }),
  )
})

test('a flag that is not there is refused by name', () => {
  expect(() => resolve('--step', '4')).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining("'--step'") }),
  )
})

test('the run folder is named after task, preset and seed unless given', () => {
  expect(runFolderOf(parseFlags(TrainFlags, ['--seed', '3']))).toBe('runs/halfcheetah-2x3-small-seed3')
  expect(runFolderOf(parseFlags(TrainFlags, ['--out', '/tmp/x']))).toBe('/tmp/x')
})
