import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { A, N } from '../registry/fixture.ts'
import { fakeRunner } from './fixture.ts'
import { created, liveApp, send } from './live-app.ts'

const actions = Array.from({ length: N }, () => Array<number>(A).fill(0.1))

test('a step repeated before it was answered is one step, also in the metrics', async () => {
  let compute = () => {}
  const held = new Promise<void>((resolve) => (compute = resolve))
  const app = liveApp({
    runner: {
      ...fakeRunner,
      step: async (...asked) => {
        await held
        return fakeRunner.step(...asked)
      },
    },
  })
  let arrived = 0
  app.addHook('preHandler', async () => void arrived++)
  const url = `/v1/sessions/${await created(app)}/step`
  const both = [1, 1].map((step_id) => send(app, url, { actions, step_id }))
  while (arrived < 3) await nextTurn()
  await nextTurn() // they wait for their session now
  compute()
  const [first, again] = (await Promise.all(both)).map((reply) => reply.json())
  expect(again).toEqual({ ...first, timing: expect.anything() })
  const { body } = await app.inject({ url: '/metrics' })
  expect(body).toContain('wm_steps_total{model="tiny",version="1"} 1\n')
})
