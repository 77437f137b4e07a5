import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/registry/files.ts'
import { readDocument, readExamples, readGraphs } from '../../src/registry/load.ts'
import { setLabel } from '../../src/registry/move-label.ts'
import { openRepository, Repository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, modelsFolder, publishTiny } from './fixture.ts'

async function twoModels(): Promise<{ models: string; open: () => Promise<Repository> }> {
  const models = await modelsFolder()
  for (const name of ['ant', 'cheetah', 'cheetah']) await publishTiny(models, name)
  return { models, open: () => openRepository(models, KINDS) }
}

const refusal = (reference?: string) =>
  expect.objectContaining({
    code: 'unknown_model',
    message: expect.stringContaining(reference ?? ''),
  })

test('resolves a name, a version and a label', async () => {
  const { models, open } = await twoModels()
  await setLabel(models, KINDS, 'cheetah', 'stable', '1')
  await setLabel(models, KINDS, 'cheetah', 'canary', '2')
  const repository = await open()
  const versionOf = (reference: string) => repository.resolve(reference).version
  expect(['cheetah', 'cheetah@stable', 'cheetah@canary', 'cheetah@2'].map(versionOf)).toEqual([
    '1',
    '1',
    '2',
    '2',
  ])
  expect(repository.resolve('cheetah').labels).toEqual(['stable'])
  expect(repository.refused).toEqual([])
})

test('a name alone is the highest version when nothing is labelled stable', async () => {
  const models = await modelsFolder()
  for (let i = 0; i < 10; i++) await publishTiny(models)
  expect((await openRepository(models, KINDS)).resolve('tiny').version).toBe('10')
})

test('no name is the only model, or an error that lists the names', async () => {
  const one = await modelsFolder()
  await publishTiny(one)
  expect((await openRepository(one, KINDS)).resolve().name).toBe('tiny')
  const { open } = await twoModels()
  const repository = await open()
  expect(() => repository.resolve()).toThrow(refusal('2 are served'))
  expect(() => repository.resolve()).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ expected: ['ant', 'cheetah'] }) }),
  )
})

test('no name is the version labelled default, whatever is labelled stable, of one model alone', async () => {
  const { models, open } = await twoModels()
  await setLabel(models, KINDS, 'cheetah', 'default', '1')
  await setLabel(models, KINDS, 'cheetah', 'stable', '2')
  const repository = await open()
  expect(repository.resolve()).toMatchObject({ name: 'cheetah', version: '1' })
  expect(repository.resolve('cheetah').version).toBe('2')
  await setLabel(models, KINDS, 'ant', 'default', '1')
  const both = await open()
  expect(() => both.resolve()).toThrow(refusal('2 of them are labelled default'))
})

test('what is pending is not unknown, and no other model stands in for it', async () => {
  const { models, open } = await twoModels()
  await setLabel(models, KINDS, 'cheetah', 'default', '2')
  const { bundles } = await open()
  const some = (...references: string[]) =>
    bundles.filter(({ name, version }) => references.includes(`${name}/${version}`))
  const early = new Repository(some('ant/1'), [], some('cheetah/1', 'cheetah/2'))
  const later = new Repository(some('ant/1', 'cheetah/1'), [], some('cheetah/2'))
  const waits = expect.objectContaining({ code: 'not_ready' })
  for (const reference of [undefined, 'cheetah', 'cheetah@2', 'cheetah@default', 'cheetah@9'])
    expect(() => early.resolve(reference), reference).toThrow(waits)
  expect(early.resolve('ant').name).toBe('ant')
  for (const reference of [undefined, 'cheetah@2', 'cheetah@default'])
    expect(() => later.resolve(reference), reference).toThrow(waits)
  expect(() => later.resolve('cheetah@9')).toThrow(refusal('no version or label 9'))
  expect(later.resolve('cheetah').version).toBe('1')
})

test.each(['horse', 'ant@9', 'ant@stable', 'ant@', '../ant', '', '__proto__'])(
  'does not know %s',
  async (reference) => {
    const { open } = await twoModels()
    const repository = await open()
    expect(() => repository.resolve(reference)).toThrow(refusal())
  },
)

test('a label to a missing version is reported, and a broken stable does not become the latest', async () => {
  const { models, open } = await twoModels()
  await writeFile(join(models, 'cheetah', 'labels.json'), '{"stable": "7"}')
  const repository = await open()
  expect(repository.refused).toEqual([
    { reference: 'cheetah@stable', reason: 'points to version 7, which is not served' },
  ])
  expect(() => repository.resolve('cheetah')).toThrow(refusal('stable version of cheetah'))
  expect(repository.resolve('cheetah@2').version).toBe('2')
})

test.each(['{', '[]', '{"stable": 1}', '{"1": "1"}'])(
  'reports labels.json of %s and serves the versions',
  async (text) => {
    const { models, open } = await twoModels()
    await writeFile(join(models, 'cheetah', 'labels.json'), text)
    const repository = await open()
    expect(repository.refused.map(({ reference }) => reference)).toEqual(['cheetah'])
    expect(repository.resolve('cheetah@2').version).toBe('2')
  },
)

test('hands out the bytes it checked, and refuses bytes altered since', async () => {
  const models = await modelsFolder()
  const bundle = await publishTiny(models)
  const { embed } = await readGraphs(bundle)
  expect(sha256(embed!)).toBe(bundle.manifest.graphs.embed!.sha256)
  await writeFile(join(bundle.directory, 'embed.onnx'), 'bytes of EMBED')
  await expect(readGraphs(bundle)).rejects.toThrow('tiny/1: embed.onnx has another sha256 than listed')
})

test('reads the card and the examples', async () => {
  const models = await modelsFolder()
  const bundle = await publishTiny(models)
  expect(await readDocument(bundle, 'card.md')).toBe('# A tiny model\n')
  expect(await readDocument(bundle, 'other.md')).toBeUndefined()
  expect((await readExamples(bundle))[0]!.title).toBe('standing still')
})

test('a models folder that is not there is a wrong setting', async () => {
  const models = await modelsFolder()
  await expect(openRepository(join(models, 'none'), KINDS)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining("can't be read (ENOENT)"),
  })
})

test('a version that turns out unusable is refused with its labels, and no other takes the place of stable', async () => {
  const { models, open } = await twoModels()
  await setLabel(models, KINDS, 'cheetah', 'stable', '1')
  const found = await open()
  const { digest } = found.resolve('cheetah@1')
  const repository = found.without([{ digest, reference: 'cheetah/1', reason: 'no graph' }])
  expect(repository.refused).toEqual([
    { reference: 'cheetah/1', reason: 'no graph' },
    { reference: 'cheetah@stable', reason: 'no graph' },
  ])
  expect(repository.bundles.map(({ name, version }) => `${name}/${version}`)).toEqual(['ant/1', 'cheetah/2'])
  expect(() => repository.resolve('cheetah')).toThrow(refusal('the stable version'))
  expect(repository.resolve('cheetah@2').version).toBe('2')
})

test('a bundle of format 2, which has no kind, is read as the first kind of this format', async () => {
  const models = await modelsFolder()
  const bundle = await publishTiny(models)
  await editManifest(bundle, (content) => {
    delete content.kind
    content.formatVersion = 2
  })
  const { bundles, refused } = await openRepository(models, KINDS)
  expect(refused).toEqual([])
  expect(bundles[0]!.manifest).toEqual(bundle.manifest)
  expect(bundles[0]!.digest).not.toBe(bundle.digest)
  const { unnamed: _, ...others } = KINDS
  const [refusal] = (await openRepository(models, others)).refused
  expect(refusal!.reason).toContain('formatVersion 2')
})
