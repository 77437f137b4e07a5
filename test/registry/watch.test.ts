import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { setLabel } from '../../src/registry/move-label.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { modelsSignature } from '../../src/registry/watch.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, modelsFolder, publishTiny } from './fixture.ts'

async function twoVersions() {
  const models = await modelsFolder()
  const first = await publishTiny(models)
  await publishTiny(models)
  return { models, first }
}

test('the signature stays while nothing happens, whatever is written aside', async () => {
  const { models } = await twoVersions()
  const before = await modelsSignature(models)
  await mkdir(join(models, '.hidden'))
  await writeFile(join(models, '.hidden', 'x'), 'x')
  expect(await modelsSignature(models)).toBe(before)
})

test.each<[string, (models: string) => Promise<unknown>]>([
  ['a new version', (models) => publishTiny(models)],
  ['a new model', (models) => publishTiny(models, 'ant')],
  ['a label', (models) => setLabel(models, KINDS, 'tiny', 'stable', '1')],
  ['a removed version', (models) => rm(join(models, 'tiny/1'), { recursive: true })],
  ['a removed model', (models) => rm(join(models, 'tiny'), { recursive: true })],
  ['another manifest of the same size', (models) => utimes(join(models, 'tiny/1/manifest.json'), 1, 1)],
  ['a file that was added to a version', (models) => writeFile(join(models, 'tiny/1/extra'), 'x')],
  ['two versions that changed places', (models) => swap(join(models, 'tiny/1'), join(models, 'tiny/2'))],
])('%s changes the signature', async (_, change) => {
  const { models } = await twoVersions()
  const before = await modelsSignature(models)
  await change(models)
  expect(await modelsSignature(models)).not.toBe(before)
})

async function swap(a: string, b: string): Promise<void> {
  await rename(a, `${a}.aside`)
  await rename(b, a)
  await rename(`${a}.aside`, b)
}

test('a folder that can not be read has no signature', async () => {
  await expect(modelsSignature(join(await modelsFolder(), 'none'))).rejects.toThrow('ENOENT')
})

test('a bundle with the same manifest is not read again', async () => {
  const { models } = await twoVersions()
  const before = await openRepository(models, KINDS)
  await writeFile(join(models, 'tiny/1/embed.onnx'), 'altered')
  expect((await openRepository(models, KINDS, before)).bundles).toEqual(before.bundles)
  expect((await openRepository(models, KINDS)).refused).toMatchObject([{ reference: 'tiny/1' }])
})

test('what has become bad is refused and stays as it was, with its labels; what is gone is gone', async () => {
  const { models, first } = await twoVersions()
  await setLabel(models, KINDS, 'tiny', 'stable', '1')
  const before = await openRepository(models, KINDS)
  await editManifest(first, (manifest) => delete manifest.horizon)
  const broken = await openRepository(models, KINDS, before)
  expect(broken.bundles).toEqual(before.bundles)
  expect(broken.refused).toMatchObject([{ reference: 'tiny/1' }])
  await rm(first.directory, { recursive: true })
  const gone = await openRepository(models, KINDS, broken)
  expect(gone.bundles.map(({ version }) => version)).toEqual(['2'])
  expect(gone.refused).toMatchObject([{ reference: 'tiny@stable' }])
})

test('a broken labels.json leaves the labels as they were', async () => {
  const { models } = await twoVersions()
  await setLabel(models, KINDS, 'tiny', 'stable', '1')
  const before = await openRepository(models, KINDS)
  await writeFile(join(models, 'tiny/labels.json'), '{')
  const after = await openRepository(models, KINDS, before)
  expect(after.resolve('tiny').version).toBe('1')
  expect(after.refused).toMatchObject([{ reference: 'tiny' }])
})

test('a version that was replaced by one the engine refuses goes on as it was', async () => {
  const { models, first } = await twoVersions()
  await setLabel(models, KINDS, 'tiny', 'stable', '1')
  const before = await openRepository(models, KINDS)
  await editManifest(first, (manifest) => {
    manifest.reward = 'another'
  })
  const found = await openRepository(models, KINDS, before)
  const { digest } = found.resolve('tiny')
  expect(digest).not.toBe(first.digest)
  const refusal = { digest, reference: 'tiny/1', reason: 'no graph' }
  const kept = found.without([refusal], before)
  expect(kept.resolve('tiny')).toEqual({ ...first, labels: ['stable'] })
  expect(kept.refused).toEqual([{ reference: 'tiny/1', reason: 'no graph' }])
  expect(await readFile(join(first.directory, 'manifest.json'), 'utf8')).toContain('another')
})
