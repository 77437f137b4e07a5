import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Value from 'typebox/value'
import { expect, onTestFinished, test } from 'vitest'
import { Reloaded } from '../../src/api/models.ts'
import { trust } from '../../src/inference/executors/proof.ts'
import { openCatalog } from '../../src/server/open-catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { modelsFolder, publishTiny } from '../registry/fixture.ts'
import { problemOf, testApp } from './fixture.ts'

const quiet = { info: () => {}, error: () => {} }
const loader = { load: trust, unload: async () => {} }

async function served() {
  const models = await modelsFolder()
  await publishTiny(models)
  const catalog = await openCatalog({
    kinds: KINDS,
    models,
    loader,
    bound: () => new Set(),
    everyMs: 0,
    logger: quiet,
  })
  onTestFinished(() => catalog.close())
  const app = testApp({ catalog })
  const reload = () => app.inject({ method: 'POST', url: '/v1/admin/reload' })
  return { models, app, reload }
}

test('looks at the models folder and says what is served and what was refused', async () => {
  const { models, app, reload } = await served()
  await publishTiny(models)
  const bad = await publishTiny(models)
  await writeFile(join(bad.directory, 'embed.onnx'), 'altered')
  const listed = async () => (await app.inject({ url: '/v1/models' })).json().models[0].versions.length
  expect(await listed()).toBe(1)
  const response = await reload()
  const body = response.json()
  expect(Value.Errors(Reloaded, body)).toEqual([])
  expect(body).toMatchObject({
    models: [{ name: 'tiny', versions: [{ version: '1' }, { version: '2' }] }],
    refused: { count: 1, references: ['tiny/3'] },
  })
  expect(await listed()).toBe(2)
  expect(response.body).not.toContain(models)
})

test('a folder that can not be read is an error that tells nothing of the inside', async () => {
  const { reload, models } = await served()
  await rm(models, { recursive: true })
  const problem = problemOf(await reload(), 500, 'invalid_config')
  expect(problem.detail).not.toContain(models)
})

test('only POST reloads', async () => {
  const { app } = await served()
  problemOf(await app.inject({ url: '/v1/admin/reload' }), 405, 'method_not_allowed')
})

test('the description of a model follows the folder and says what it brings', async () => {
  const { app } = await served()
  const body = (await app.inject({ url: '/v1/models/tiny' })).json()
  expect(body).toMatchObject({ policy: false, start_states: 1, limits: { batch: 8, stream_horizon: 100 } })
})
