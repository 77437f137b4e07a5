import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/registry/files.ts'
import { publish, setLabel } from '../../src/registry/publish.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { files, manifest, modelsFolder, publishTiny } from './fixture.ts'

test('counts versions up and names the content by the hash of the manifest', async () => {
  const models = await modelsFolder()
  const first = await publishTiny(models)
  const second = await publishTiny(models)
  expect([first.version, second.version]).toEqual(['1', '2'])
  expect(second.digest).toBe(sha256(await readFile(join(models, 'tiny/2/manifest.json'))))
  expect((await openRepository(models)).versions('tiny')).toEqual([first, second])
})

test('parallel publishers get different versions', async () => {
  const models = await modelsFolder()
  const published = await Promise.all(Array.from({ length: 5 }, () => publishTiny(models)))
  expect(published.map(({ version }) => version).sort()).toEqual(['1', '2', '3', '4', '5'])
  const { bundles, refused } = await openRepository(models)
  expect([bundles.length, refused]).toEqual([5, []])
  expect((await readdir(join(models, 'tiny'))).sort()).toEqual(['1', '2', '3', '4', '5'])
})

test('a bundle that would be refused is never published and leaves nothing', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  const altered = files().set('embed.onnx', 'other bytes here')
  const attempt = publish(models, 'tiny', altered, (version) => manifest('tiny', version))
  await expect(attempt).rejects.toMatchObject({ code: 'invalid_bundle' })
  expect(await readdir(join(models, 'tiny'))).toEqual(['1'])
})

test.each([
  ['../evil', files()],
  ['tiny', new Map([['../evil', 'x']])],
  ['tiny', new Map([['.hidden', 'x']])],
])('names can not lead out of the folder: %s', async (name, content) => {
  const models = await modelsFolder()
  const attempt = publish(models, name, content, (version) => manifest('tiny', version))
  await expect(attempt).rejects.toMatchObject({ code: 'invalid_bundle' })
  expect(await readdir(models)).toEqual([])
})

test('sets and moves a label', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  await publishTiny(models)
  await setLabel(models, 'tiny', 'stable', '1')
  await setLabel(models, 'tiny', 'canary', '2')
  await setLabel(models, 'tiny', 'stable', '2')
  expect(JSON.parse(await readFile(join(models, 'tiny/labels.json'), 'utf8'))).toEqual({
    stable: '2',
    canary: '2',
  })
  expect((await readdir(join(models, 'tiny'))).sort()).toEqual(['1', '2', 'labels.json'])
})

test('a label needs a name and a published version', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  await expect(setLabel(models, 'tiny', 'stable', '3')).rejects.toMatchObject({ code: 'unknown_model' })
  await expect(setLabel(models, 'tiny', 'stable', '..')).rejects.toMatchObject({ code: 'unknown_model' })
  await expect(setLabel(models, 'tiny', '2', '1')).rejects.toMatchObject({ code: 'invalid_bundle' })
})
