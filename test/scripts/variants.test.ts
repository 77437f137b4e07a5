// Denoisers as they are named for `npm run study:denoiser`.
import { expect, test } from 'vitest'
import { parseVariants } from '../../scripts/study/denoiser/variants.ts'
import { presetOf } from '../../src/algorithms/dima/config.ts'
import { NETWORK_PRESETS } from '../../src/worlds/dima/networks/presets.ts'

const [sizes, preset] = [NETWORK_PRESETS.small.denoiser, presetOf('small')]
const parsed = (text: string) => parseVariants(text, sizes, preset)

test('a name alone is the preset', () => {
  expect(parsed('plain')).toEqual([{ name: 'plain', sizes, hyperparameters: preset.denoiser }])
})

test('fields of the denoiser and its sizes, several variants apart by ;', () => {
  const [narrow, wide] = parsed('narrow: batch=64, samplerShare=0.25; wide: channels=96, blocks=1, batch=100')
  expect(narrow).toEqual({
    name: 'narrow',
    sizes,
    hyperparameters: { ...preset.denoiser, batch: 64, samplerShare: 0.25 },
  })
  expect(wide).toEqual({
    name: 'wide',
    sizes: { ...sizes, channels: 96, blocks: 1 },
    hyperparameters: { ...preset.denoiser, batch: 100 },
  })
})

test('the linear path is part of the network', () => {
  expect(parsed('linear: linearPath=true')[0]!.sizes).toEqual({ ...sizes, linearPath: true })
})

test('what is wrong is named', () => {
  expect(() => parsed('a; :batch=3')).toThrow('no name')
  expect(() => parsed('a: bach=3')).toThrow(/bach=3.*no such hyper-parameter/)
  expect(() => parsed('a: samplerShare=0.7')).toThrow('samplerShare')
  expect(() => parsed('a: channels=100')).toThrow('channels')
})
