import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deleteVersion } from '../../src/registry/delete-version.ts'
import { sha256 } from '../../src/registry/files.ts'
import { publish } from '../../src/registry/publish.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { files, manifest, modelsFolder, publishTiny } from './fixture.ts'

test('counts versions up and names the content by the hash of the manifest', async () => {
  const models = await modelsFolder()
  const first = await publishTiny(models)
  const second = await publishTiny(models)
  expect([first.version, second.version]).toEqual(['1', '2'])
  expect(second.digest).toBe(sha256(await readFile(join(models, 'tiny/2/manifest.json'))))
  expect((await openRepository(models, KINDS)).versions('tiny')).toEqual([first, second])
})

test('parallel publishers get different versions', async () => {
  const models = await modelsFolder()
  const published = await Promise.all(Array.from({ length: 5 }, () => publishTiny(models)))
  expect(published.map(({ version }) => version).sort()).toEqual(['1', '2', '3', '4', '5'])
  const { bundles, refused } = await openRepository(models, KINDS)
  expect([bundles.length, refused]).toEqual([5, []])
  expect((await readdir(join(models, 'tiny'))).sort()).toEqual(['1', '2', '3', '4', '5'])
})

test('a bundle that would be refused is never published and leaves nothing', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  const altered = files().set('embed.onnx', 'other bytes here')
  const attempt = publish(models, KINDS, 'tiny', altered, (version) => manifest('tiny', version))
  await expect(attempt).rejects.toMatchObject({ code: 'invalid_bundle' })
  expect(await readdir(join(models, 'tiny'))).toEqual(['1'])
})

test.each([
  ['../evil', files()],
  ['tiny', new Map([['../evil', 'x']])],
  ['tiny', new Map([['.hidden', 'x']])],
])('names can not lead out of the folder: %s', async (name, content) => {
  const models = await modelsFolder()
  const attempt = publish(models, KINDS, name, content, (version) => manifest('tiny', version))
  await expect(attempt).rejects.toMatchObject({ code: 'invalid_bundle' })
  expect(await readdir(models)).toEqual([])
})

test('the number of a deleted version is not given again', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  await publishTiny(models)
  await deleteVersion(models, 'tiny', '2')
  expect((await publishTiny(models)).version).toBe('3')
  for (const version of ['3', '1']) await deleteVersion(models, 'tiny', version)
  expect((await publishTiny(models)).version).toBe('4')
})
