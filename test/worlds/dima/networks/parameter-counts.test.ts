// method.md 5: the paper's networks, counted.
import { beforeAll, describe, expect, test } from 'vitest'
import { countOf } from '../../../../src/common/parameters.ts'
import { PRESET_NAMES } from '../../../../src/networks/policy-sizes.ts'
import { NETWORK_PRESETS } from '../../../../src/worlds/dima/networks/presets.ts'
import { createNetworks, NETWORK_NAMES } from '../../../../src/worlds/dima/train/world-model.ts'
import { dims, useCpu } from './fixture.ts'

beforeAll(useCpu)

const paper = createNetworks(dims, NETWORK_PRESETS.paper)
const count = (network: keyof typeof paper, ...prefixes: string[]) =>
  countOf(paper[network].parameters.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix))))
const millions = (n: number) => (n / 1e6).toFixed(2)

describe('the paper preset for HalfCheetah-2x3', () => {
  test('has a denoiser of 14,086,801 parameters', () => {
    expect(countOf(paper.denoiser.parameters)).toBe(14_086_801)
    expect(count('denoiser', 'actions.tokens.')).toBe(68_096)
    const perceiver = count('denoiser', 'actions.') - count('denoiser', 'actions.tokens.')
    expect(millions(perceiver)).toBe('11.80')
  })

  test('has a reward model of 8,438,019 parameters', () => {
    expect(countOf(paper.reward.parameters)).toBe(8_438_019)
    expect(millions(count('reward', 'trunk.'))).toBe('4.74')
    expect(millions(count('reward', 'action.'))).toBe('3.29')
  })

  test('has a state decoder of 591,434 parameters', () => {
    expect(countOf(paper.decoder.parameters)).toBe(591_434)
  })
})

describe.each(PRESET_NAMES)('the %s preset', (preset) => {
  const networks = createNetworks(dims, NETWORK_PRESETS[preset])

  test('names every parameter once', () => {
    for (const name of NETWORK_NAMES) {
      const names = networks[name].parameters.map((parameter) => parameter.name)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  test('decays weight matrices and kernels only', () => {
    const decayed = NETWORK_NAMES.flatMap((name) => networks[name].parameters).filter(({ decay }) => decay)
    const exempt = /bias$|norm|agent\.weight$|slot\.weight$|latents\.weight$|positions\.weight$/
    expect(decayed.filter(({ name, shape }) => exempt.test(name) || shape.length < 2)).toEqual([])
    const plain = NETWORK_NAMES.flatMap((name) => networks[name].parameters).filter(({ decay }) => !decay)
    expect(plain.filter(({ name }) => !exempt.test(name))).toEqual([])
  })
})
