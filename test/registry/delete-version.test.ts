import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deleteVersion } from '../../src/registry/delete-version.ts'
import { readLabels } from '../../src/registry/labels.ts'
import { rollBackLabel, setLabel } from '../../src/registry/move-label.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, modelsFolder, publishTiny } from './fixture.ts'

async function threeVersions(): Promise<string> {
  const models = await modelsFolder()
  for (let i = 0; i < 3; i++) await publishTiny(models)
  return models
}

test('a server forgets a deleted version at its next look', async () => {
  const models = await threeVersions()
  const before = await openRepository(models, KINDS)
  await mkdir(join(models, 'tiny/.deleted-cut-off'))
  expect(await deleteVersion(models, 'tiny', '2')).toEqual([])
  const after = await openRepository(models, KINDS, before)
  expect(after.versions('tiny').map(({ version }) => version)).toEqual(['1', '3'])
  expect(after.refused).toEqual([])
  expect((await readdir(join(models, 'tiny'))).sort()).toEqual(['.last-deleted', '1', '3'])
})

test('keeps what a label points to or would roll back to, unless forced', async () => {
  const models = await threeVersions()
  for (const version of ['1', '2']) await setLabel(models, KINDS, 'tiny', 'stable', version)
  await expect(deleteVersion(models, 'tiny', '2')).rejects.toThrow('tiny/2 is in use: stable points to it')
  await expect(deleteVersion(models, 'tiny', '1')).rejects.toThrow('stable would roll back to it')
  expect(await deleteVersion(models, 'tiny', '1', { force: true })).toEqual([])
  await expect(rollBackLabel(models, KINDS, 'tiny', 'stable')).rejects.toThrow('nowhere before')
  expect(await deleteVersion(models, 'tiny', '2', { force: true })).toEqual(['stable'])
  expect(await readLabels(models, 'tiny')).toEqual({})
  const { bundles, refused } = await openRepository(models, KINDS)
  expect([bundles.map(({ version }) => version), refused]).toEqual([['3'], []])
})

test('deletes what servers refuse: a broken manifest, a link, any folder of that name', async () => {
  const models = await threeVersions()
  const elsewhere = await modelsFolder()
  await writeFile(join(elsewhere, 'kept'), 'x')
  await editManifest(await publishTiny(models), (manifest) => delete manifest.horizon)
  await symlink(elsewhere, join(models, 'tiny/99999999999'))
  for (const version of ['4', '99999999999']) await deleteVersion(models, 'tiny', version)
  expect((await openRepository(models, KINDS)).refused).toEqual([])
  expect(await readdir(elsewhere)).toEqual(['kept'])
  expect((await publishTiny(models)).version).toBe('5')
})

test('only what stands in the folder has a name', async () => {
  const models = await threeVersions()
  for (const [name, version] of [
    ['tiny', '..'],
    ['tiny', ''],
    ['tiny', '4'],
    ['..', 'tiny'],
    ['tiny/1', '2'],
  ] as const)
    await expect(deleteVersion(models, name, version)).rejects.toMatchObject({ code: 'unknown_model' })
  expect((await openRepository(models, KINDS)).bundles).toHaveLength(3)
  await expect(deleteVersion(join(models, 'none'), 'tiny', '1')).rejects.toMatchObject({
    code: 'invalid_config',
  })
})

test('a label and a deletion at the same time never leave a label to nothing', async () => {
  const models = await threeVersions()
  for (const version of ['1', '2', '3']) {
    await Promise.allSettled([
      setLabel(models, KINDS, 'tiny', 'stable', version),
      deleteVersion(models, 'tiny', version),
    ])
    expect((await openRepository(models, KINDS)).refused).toEqual([])
  }
})

test('deletes of a folder whose labels can not be read only by force', async () => {
  const models = await threeVersions()
  await writeFile(join(models, 'tiny/labels.json'), '{')
  await expect(deleteVersion(models, 'tiny', '1')).rejects.toMatchObject({ code: 'invalid_bundle' })
  await deleteVersion(models, 'tiny', '1', { force: true })
  await rm(join(models, 'tiny/labels.json'))
  expect((await openRepository(models, KINDS)).bundles).toHaveLength(2)
})
