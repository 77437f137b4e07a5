import { expect, test } from 'vitest'
import type { ModelDetail } from '../../src/api/models.ts'
import { callsOf } from '../../src/page/call-texts.ts'
import { factsOf } from '../../src/page/facts.ts'

const model = {
  name: 'tiny',
  agents: [
    { name: 'a', actuators: [] },
    { name: 'b', actuators: [] },
  ],
  spaces: { action: { dimension: 2, low: -1, high: 1, unit: '1' }, state: [{ name: 'x', unit: 'm' }] },
  horizon: 15,
  context: 3,
  device: 'cpu',
  licence: 'Apache-2.0',
  policy: true,
  scores: {},
  training: { environment_steps: 50_000 },
} as unknown as ModelDetail

const textsOf = (keyed: boolean) =>
  Object.fromEntries(
    callsOf(model, 'http://127.0.0.1:8080', keyed).map(({ language, text }) => [language, text]),
  )

test('calls name this server, this model and an action of its size', () => {
  const { curl, Python, TypeScript } = textsOf(false)
  expect(curl).toContain('http://127.0.0.1:8080/v1/sessions/$id/step')
  expect(curl).toContain('{"step_id":1,"actions":{"a":[0,0],"b":[0,0]}}')
  expect(Python).toContain('RemoteParallelEnv("ws://127.0.0.1:8080", "tiny")')
  expect(TypeScript).toContain('actions: [[0,0],[0,0]]')
})

test('a key is taken from the environment, and never shown', () => {
  for (const text of Object.values(textsOf(true))) expect(text).toContain('DIMA_KEY')
  for (const text of Object.values(textsOf(false))) expect(text).not.toContain('DIMA_KEY')
})

test('what was not measured is no fact', () => {
  const names = factsOf(model).map(({ name }) => name)
  expect(names).toContain('agents')
  expect(names.join()).not.toContain('error')
  const scores = { plans: [{ one_step_state_l1: 0.07704, cumulative_state_l1: [0.077, 2.7214] }] }
  const measured = factsOf({ ...model, scores })
  expect(measured).toContainEqual({ name: 'error, one step', value: '0.077', unit: 'std' })
  expect(measured).toContainEqual({ name: 'summed, 2 steps', value: '2.72', unit: 'std' })
})

test('calls of a model with choices choose the first option', () => {
  const agents = [{ name: 'a', actuators: ['x', 'left', 'right'], choices: [2] }]
  const spaces = { ...model.spaces, action: { ...model.spaces.action, dimension: 3 } }
  const [curl] = callsOf({ ...model, agents, spaces }, 'http://127.0.0.1:8080', false)
  expect(curl!.text).toContain('"actions":{"a":[0,1,0]}')
})
