// A kind whose own fields have names of common ones is a fault of the program, and says so before anything is served.
import { expect, test } from 'vitest'
import { openSessions } from '../../src/inference/live/sessions.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import type { Kinds, WorldKind } from '../../src/worlds/world.ts'
import { fakeRunner } from '../inference/fake-runner.ts'
import { modelOf, OPTIONS, SETTINGS, SIZES, startOf } from '../inference/live/fixture.ts'
import { modelsFolder, publishTiny } from '../registry/fixture.ts'

const { dima } = KINDS.table
const kindsWith = (change: Partial<WorldKind>): Kinds => ({
  ...KINDS,
  table: { dima: { ...dima!, ...change } },
})

test('of the manifest', async () => {
  const models = await modelsFolder()
  await publishTiny(models)
  const kinds = kindsWith({ fields: { ...dima!.fields, horizon: dima!.fields.sampling! } })
  const { refused } = await openRepository(models, kinds)
  expect(refused).toHaveLength(1)
  await expect(publishTiny(models)).resolves.toMatchObject({ version: '2' }) // our own kinds are as they were
})

test('of a snapshot', async () => {
  const kinds = kindsWith({
    memories: (spec) => {
      const own = dima!.memories(spec)
      return Object.assign(Object.create(own), { fields: { ...own.fields, state: own.fields.states } })
    },
  })
  const sessions = openSessions(fakeRunner(SIZES), kinds, SETTINGS)
  const model = modelOf('another')
  const creating = sessions.create('me', { ...OPTIONS, model, start: startOf(1) })
  await expect(creating).rejects.toThrow('snapshot field state is common to all kinds')
})
