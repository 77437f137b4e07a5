// Labels of real bundles of the debug preset: an equal version takes over, a worse one and one of another kind do not.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { EpisodeSource } from '../../src/episodes/sources/source.ts'
import { compare } from '../../src/export/comparison/compare.ts'
import { type GuardedMove, moveLabel } from '../../src/export/label-guard.ts'
import { readLabels } from '../../src/registry/labels.ts'
import { type Bundle, loadBundle } from '../../src/registry/load.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, type Loose, modelsFolder } from '../registry/fixture.ts'
import { randomEpisode } from '../runs/data.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'
import { published } from './fixture.ts'

beforeAll(useCpu)

/** Of episodes that are the same each time, in an environment that no policy can play in. */
function sourceOf({ manifest }: Bundle): EpisodeSource {
  const agents = manifest.agents.map((agent) => ({ ...agent, observationNames: [], observationUnits: [] }))
  const spec = { name: manifest.environment, agents, stateNames: manifest.state.map(({ name }) => name) }
  return {
    spec,
    origin: { kind: 'environment' },
    heldOut: async (count: number, seed: number) =>
      Array.from({ length: count }, (_, i) => randomEpisode(40, 'truncated', seed, i)),
  } as unknown as EpisodeSource
}

const comparison = { segments: 10, episodes: 1, seed: 1, tolerance: 0.05 }

function attempt(models: string, next: Bundle, { force = false } = {}) {
  const said: string[] = []
  const move: GuardedMove = {
    models,
    next,
    label: 'stable',
    force,
    comparison,
    source: async () => sourceOf(next),
  }
  return { said, done: moveLabel(move, (text) => said.push(text)) }
}

const stable = async (models: string) => (await readLabels(models, 'cheetah')).stable

test('the first version and an equal one get the label, one that lost its policy does not', async () => {
  const models = await modelsFolder()
  const [first, same, worse] = [
    await published(true, models),
    await published(true, models),
    await published(false, models),
  ]
  const moved = attempt(models, first)
  await moved.done
  expect(moved.said).toEqual(['stable of cheetah is version 1 (was nowhere)'])
  const equal = attempt(models, same)
  await equal.done
  expect(equal.said[0]).toContain('10 segments of new episodes of HalfCheetah-2x3-v1: 2 by the random policy')
  expect(equal.said[0]).toMatch(/state error, joint \(default\) .* 0 +\| .* equal/)
  expect(equal.said.at(-1)).toBe('stable of cheetah is version 2 (was 1)')
  await expect(attempt(models, worse).done).rejects.toMatchObject({
    code: 'worse_model',
    message: expect.stringMatching(
      /stays at version 2: version 3 is worse in policies.*label cheetah\/3 stable --force$/,
    ),
  })
  expect(await stable(models)).toBe('2')
  const forced = attempt(models, worse, { force: true })
  await forced.done
  expect(forced.said.at(-2)).toContain('--force: version 3 is worse in policies')
  expect(await stable(models)).toBe('3')
})

test('what can not be compared gets the label only by force', async () => {
  const models = await modelsFolder()
  const [first, other] = [await published(false, models), await published(false, models)]
  await attempt(models, first).done
  await editManifest(other, (manifest: Loose) => {
    manifest.environment = 'Ant-2x4-v1'
  })
  const next = await loadBundle(models, KINDS, 'cheetah', '2')
  await expect(attempt(models, next).done).rejects.toThrow(
    'environment "Ant-2x4-v1" in place of "HalfCheetah-2x3-v1"',
  )
  expect(await stable(models)).toBe('1')
  await attempt(models, next, { force: true }).done
  expect(await stable(models)).toBe('2')
})

test('a label to a version that servers refuse is free', async () => {
  const models = await modelsFolder()
  const [first, next] = [await published(false, models), await published(false, models)]
  await attempt(models, first).done
  await rm(join(first.directory, 'README.md'))
  const moved = attempt(models, next)
  await moved.done
  expect(moved.said[0]).toContain('nothing is compared: cheetah/1: README.md is missing')
  expect(await stable(models)).toBe('2')
})

test('the same comparison gives the same numbers', async () => {
  const models = await modelsFolder()
  const [a, b] = [await published(false, models), await published(false, models)]
  const once = await compare(a, b, sourceOf(a), comparison)
  expect(await compare(a, b, sourceOf(a), comparison)).toEqual(once)
  expect(once.verdicts.every(({ current }) => Number.isFinite(current))).toBe(true)
})
