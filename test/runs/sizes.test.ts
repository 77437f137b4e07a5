// Sizes of networks: what is accepted can be built, and everything else is refused by name.
import { beforeAll, describe, expect, test } from 'vitest'
import { compileGraphs } from '../../src/graph/serving-graph.ts'
import { withSizes } from '../../src/runs/sizes.ts'
import { NETWORK_PRESETS as DIMA, type NetworksConfig } from '../../src/worlds/dima/networks/presets.ts'
import { servingGraphs } from '../../src/worlds/dima/train/serving-graphs.ts'
import { NETWORK_PRESETS as MAMBA } from '../../src/worlds/mamba/networks/presets.ts'
import { NETWORK_PRESETS as MARIE } from '../../src/worlds/marie/networks/presets.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { dims, randomModel } from '../worlds/dima/random-model.ts'
import { tinyMamba } from '../worlds/mamba/random-model.ts'
import { tinyMarie } from '../worlds/marie/random-model.ts'

beforeAll(useCpu)

function tinyDima(sizes: NetworksConfig): Record<string, Uint8Array> {
  const { networks, weights } = randomModel(sizes)
  const graphs = servingGraphs(networks, dims, sizes.denoiser.conditioning)
  return compileGraphs({ graphs, networks, weights })
}

const kinds = [
  { kind: 'dima', preset: DIMA.debug, build: tinyDima },
  { kind: 'mamba', preset: MAMBA.debug, build: (sizes: typeof MAMBA.debug) => tinyMamba(sizes).compiled },
  { kind: 'marie', preset: MARIE.debug, build: (sizes: typeof MARIE.debug) => tinyMarie(sizes).compiled },
] as { kind: string; preset: object; build: (sizes: object) => Record<string, Uint8Array> }[]

describe.each(kinds)('$kind', ({ preset, build }) => {
  test.each(numbersOf(preset))(
    '%s of %d: one more can be built, or is refused by its name',
    (path, value) => {
      for (const other of [value + 1, 2 * value, value + 32]) {
        const sizes = sizesOrRefusal(preset, path, other)
        if (typeof sizes === 'string') expect(sizes).toMatch(/^--sizes: [\w.]+ must (be a|divide|be from)/)
        else expect(Object.values(build(sizes)).length).toBeGreaterThan(3)
      }
    },
  )
})

function sizesOrRefusal(preset: object, path: string, value: number): object | string {
  try {
    return withSizes(preset, `${path}=${value}`)
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_config', details: { field: 'sizes' } })
    return (error as Error).message
  }
}

/** `denoiser.channels` and so on, with what they are. */
function numbersOf(group: object, before = ''): [string, number][] {
  return Object.entries(group).flatMap(([name, value]): [string, number][] => {
    if (typeof value === 'number') return [[`${before}${name}`, value]]
    return typeof value === 'object' && !Array.isArray(value) ? numbersOf(value, `${before}${name}.`) : []
  })
}

test('changes what it names and leaves the preset alone', () => {
  const sizes = withSizes(DIMA.small, 'denoiser.channels=96, denoiser.blocks=1')
  expect(sizes.denoiser).toEqual({ ...DIMA.small.denoiser, channels: 96, blocks: 1 })
  expect(sizes.reward).toEqual(DIMA.small.reward)
  expect(DIMA.small.denoiser.channels).toBe(64)
  expect(withSizes(DIMA.small)).toEqual(DIMA.small)
})

test.each([
  ['channels=96', '--sizes channels=96: no such size (did you mean denoiser.channels?)'],
  ['denoiser.channels=80', '--sizes: denoiser.channels must be a multiple of 32 from 32 to 65536, but is 80'],
  ['denoiser.blocks=0', '--sizes: denoiser.blocks must be a whole number from 1'],
  ['denoiser.blocks=1.5', '--sizes: denoiser.blocks must be a whole number from 1'],
  ['decoder.tokens=1e9', '--sizes: decoder.tokens must be a whole number from 1 to 65536'],
  ['reward.heads=3', '--sizes: reward.heads must divide the width, 128, but is 3'],
  ['reward.dropout=1', '--sizes: reward.dropout must be from 0 to below 1'],
  ['denoiser.encoder.kind=perceiver', 'no such size'],
  ['decoder.levels=8', 'no such size'],
  ['denoiser=3', 'this is a group'],
])('refuses %s', (text, message) => {
  expect(() => withSizes(DIMA.small, text)).toThrow(message)
})
