import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { ModelDetail, ModelList } from '../../src/api/models.ts'
import { setLabel } from '../../src/registry/move-label.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { AGENTS, modelsFolder, publishTiny } from '../registry/fixture.ts'
import { problemOf, rollout, testApp } from './fixture.ts'

async function served() {
  const models = await modelsFolder()
  for (const name of ['tiny', 'tiny', 'ant']) await publishTiny(models, name)
  await setLabel(models, KINDS, 'tiny', 'stable', '1')
  return { models, app: testApp({ catalog: staticCatalog(await openRepository(models, KINDS), KINDS) }) }
}

test('lists the models with their versions and labels', async () => {
  const { app } = await served()
  const body = (await app.inject({ url: '/v1/models' })).json()
  expect(Value.Errors(ModelList, body)).toEqual([])
  expect(body.models).toMatchObject([
    { name: 'ant', versions: [{ version: '1', labels: [] }] },
    {
      name: 'tiny',
      agents: AGENTS,
      horizon: 15,
      versions: [
        { version: '1', labels: ['stable'] },
        { version: '2', labels: [] },
      ],
    },
  ])
  expect((await app.inject({ url: '/healthz' })).json()).toEqual({
    status: 'ok',
    models: 2,
    executors: { ready: 1, total: 1, device: 'cpu' },
  })
})

test('describes a model by name, version and label', async () => {
  const { app } = await served()
  const versionOf = async (reference: string) =>
    (await app.inject({ url: `/v1/models/${reference}` })).json().version
  expect(await versionOf('tiny')).toBe('1')
  expect(await versionOf('tiny@2')).toBe('2')
  expect(await versionOf('tiny@stable')).toBe('1')
  expect(await versionOf('tiny%40stable')).toBe('1')
})

test('says everything a caller needs, and its examples can be sent as they are', async () => {
  const { app, models } = await served()
  const response = await app.inject({ url: '/v1/models/ant' })
  const body = response.json()
  expect(Value.Errors(ModelDetail, body)).toEqual([])
  expect(body).toMatchObject({
    default_plan: 'joint',
    sequential_steps: 4,
    terminates: true,
    card: '# A tiny model\n',
    spaces: { action: { dimension: 3, low: -1, high: 1 } },
    scores: { decoder_floor: { observation_l1: 0.01 } },
  })
  expect(body.plans).toContainEqual({
    name: 'joint',
    evaluations: 2,
    embeddings: 1,
    milliseconds_per_step: 0.5,
  })
  expect(body.plans).toContainEqual({
    name: 'progressive',
    evaluations: null,
    embeddings: null,
    milliseconds_per_step: null,
  })
  expect(response.body).not.toContain(models)
  const [{ starts, actions }] = body.examples
  expect((await rollout(app, { model: 'ant', starts, actions })).statusCode).toBe(200)
})

test.each(['horse', 'tiny@9', 'tiny@canary', '..%2f..%2fetc'])('does not know %s', async (reference) => {
  const { app } = await served()
  problemOf(await app.inject({ url: `/v1/models/${reference}` }), 404, 'unknown_model')
})

test('a document altered since the start is an error that tells nothing of the inside', async () => {
  const { app, models } = await served()
  await writeFile(join(models, 'ant/1/card.md'), 'x')
  const response = await app.inject({ url: '/v1/models/ant' })
  expect(problemOf(response, 500, 'invalid_bundle').detail).not.toContain('card.md')
})
