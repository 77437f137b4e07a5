import { describe, expect, test } from 'vitest'
import { continued } from '../../src/algorithms/continued.ts'
import type { DimaConfig } from '../../src/algorithms/dima/config.ts'
import { resolveConfig } from '../../src/algorithms/dima/config.ts'
import { worldModel } from '../../src/algorithms/dima/entry.ts'
import { parseTrainFlags } from './flags.ts'

const configOf = (...args: string[]) => resolveConfig(parseTrainFlags(...args))

/** As a preset was once. */
function recorded(): DimaConfig {
  const config = structuredClone(configOf('--preset', 'debug'))
  config.hyperparameters.denoiser.batch = 7
  config.hyperparameters.behaviour.gamma = 0.5
  config.networks.denoiser.channels = 96
  return config
}

function goOn(...args: string[]): DimaConfig {
  const argv = ['--preset', 'debug', ...args]
  return continued(configOf(...argv), recorded(), parseTrainFlags(...argv), worldModel.byPlan) as DimaConfig
}

describe('a folder that goes on', () => {
  test('keeps the hyper-parameters and sizes that it records, whatever the preset says by now', () => {
    expect(goOn()).toEqual(recorded())
  })

  test('what is asked for by name stands beside them', () => {
    const { hyperparameters } = goOn('--set', 'behaviour.gamma=0.9')
    expect(hyperparameters.behaviour.gamma).toBe(0.9)
    expect(hyperparameters.denoiser.batch).toBe(7)
  })

  test('so does a plan, with the masks that come with it', () => {
    const { hyperparameters } = goOn('--plan', 'sequential')
    expect(hyperparameters.behaviour.plan).toBe('sequential')
    expect(hyperparameters.denoiser.oneAgentShare).toBe(1)
  })

  test('and offset noise, which is a size of the network', () => {
    expect(goOn('--offset-noise', '0').networks.denoiser.offsetNoise).toBe(0)
  })
})

test('steps are those of the folder unless others are asked for', () => {
  const long = { ...recorded(), steps: 123_456 }
  const flags = (...args: string[]) => parseTrainFlags('--preset', 'debug', ...args)
  const stepsOf = (...args: string[]) =>
    continued(resolveConfig(flags(...args)), long, flags(...args), worldModel.byPlan).steps
  expect([stepsOf(), stepsOf('--steps', '200000')]).toEqual([123_456, 200_000])
})

test('a folder that is begun, or of another preset, is as the flags say', () => {
  const flags = parseTrainFlags('--preset', 'small')
  expect(continued(resolveConfig(flags), undefined, flags)).toEqual(resolveConfig(flags))
  expect(continued(resolveConfig(flags), recorded(), flags)).toEqual(resolveConfig(flags))
})
