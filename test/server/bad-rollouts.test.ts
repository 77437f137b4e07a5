import { expect, test } from 'vitest'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import {
  actionsOf,
  bundleOf,
  goodRequest,
  problemOf,
  rollout,
  startOf,
  statesOf,
  testApp,
} from './fixture.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests break the type on purpose
type Change = (request: any) => void
type Case = [
  what: string,
  change: Change,
  code: string,
  error: { field: string; expected?: unknown; given?: unknown },
]

const set =
  (field: string, value: unknown): Change =>
  (request) => {
    request[field] = value
  }

const wide = () => actionsOf(2, 4).map((row) => row.map((step) => step.map((action) => [...action, 0])))

const shapes: Case[] = [
  [
    'an action too short',
    (r) => r.actions[1][3][1].pop(),
    'invalid_shape',
    { field: 'actions[1][3][1]', expected: [3], given: [2] },
  ],
  [
    'an agent too many',
    (r) => r.actions[1][2].push([0, 0, 0]),
    'invalid_shape',
    { field: 'actions[1][2]', expected: [2, 3], given: [3, 3] },
  ],
  [
    'a row with fewer steps',
    (r) => r.actions[1].pop(),
    'invalid_shape',
    { field: 'actions[1]', expected: [4, 2, 3], given: [3, 2, 3] },
  ],
  [
    'all actions too wide',
    set('actions', wide()),
    'invalid_shape',
    { field: 'actions[0][0][0]', expected: [3], given: [4] },
  ],
  [
    'actions without rows',
    set('actions', actionsOf(1, 4)[0]),
    'invalid_shape',
    { field: 'actions[0][0]', expected: [2, 3], given: [3] },
  ],
  [
    'a number for actions',
    set('actions', 3),
    'invalid_shape',
    { field: 'actions', expected: ['1..8', '1..15', 2, 3], given: 3 },
  ],
  [
    'an object for actions',
    set('actions', { a: [] }),
    'invalid_shape',
    { field: 'actions', expected: ['1..8', '1..15', 2, 3], given: 'object' },
  ],
  [
    'null for a row',
    (r) => (r.actions[0] = null),
    'invalid_shape',
    { field: 'actions[0]', expected: ['1..15', 2, 3], given: null },
  ],
  [
    'an array for a number',
    (r) => (r.actions[0][0][0][1] = [1]),
    'invalid_shape',
    { field: 'actions[0][0][0][1]', expected: [], given: [1] },
  ],
  [
    'a text for a number',
    (r) => (r.actions[0][0][0][1] = '3'),
    'invalid_request',
    { field: 'actions[0][0][0][1]', expected: 'number', given: '3' },
  ],
  [
    'null for a number',
    (r) => (r.actions[0][0][0][1] = null),
    'invalid_request',
    { field: 'actions[0][0][0][1]', expected: 'number', given: null },
  ],
  [
    'a number beyond 32 bits',
    (r) => (r.actions[1][0][1][2] = 1e39),
    'not_finite',
    { field: 'actions[1][0][1][2]', expected: 'a finite number', given: 1e39 },
  ],
  ['no rows', set('actions', []), 'batch_out_of_range', { field: 'actions', expected: [1, 8], given: 0 }],
  [
    'too many rows',
    set('actions', actionsOf(9, 1)),
    'batch_out_of_range',
    { field: 'actions', expected: [1, 8], given: 9 },
  ],
  [
    'no steps',
    set('actions', [[]]),
    'horizon_out_of_range',
    { field: 'actions[0]', expected: [1, 15], given: 0 },
  ],
  [
    'too many steps',
    set('actions', actionsOf(1, 16)),
    'horizon_out_of_range',
    { field: 'actions[0]', expected: [1, 15], given: 16 },
  ],
  ['no starts', set('starts', []), 'invalid_shape', { field: 'starts', expected: [1, 2], given: 0 }],
  [
    'three starts for two rows',
    set('starts', [1, 2, 3].map(startOf)),
    'invalid_shape',
    { field: 'starts', expected: [1, 2], given: 3 },
  ],
  [
    'a text for starts',
    set('starts', 'here'),
    'invalid_shape',
    { field: 'starts', expected: [1, 2], given: 'here' },
  ],
  [
    'no states in a start',
    set('starts', [{ states: [] }]),
    'invalid_shape',
    { field: 'starts[0].states', expected: ['1..3', 4], given: [0] },
  ],
  [
    'too many states',
    set('starts', [startOf(4)]),
    'invalid_shape',
    { field: 'starts[0].states', expected: ['1..3', 4], given: [4, 4] },
  ],
  [
    'a short state',
    set('starts', [startOf(1), { states: [[1, 2, 3]] }]),
    'invalid_shape',
    { field: 'starts[1].states[0]', expected: [4], given: [3] },
  ],
  [
    'states without actions',
    set('starts', [{ states: statesOf(3) }]),
    'invalid_shape',
    { field: 'starts[0].actions', expected: [2, 2, 3], given: [0] },
  ],
  [
    'an action for one state',
    set('starts', [{ ...startOf(1), actions: actionsOf(1, 1)[0] }]),
    'invalid_shape',
    { field: 'starts[0].actions', expected: [0, 2, 3], given: [1, 2, 3] },
  ],
]

const fields: Case[] = [
  ['an unknown field', set('steps', 4), 'invalid_request', { field: 'steps' }],
  [
    'a horizon that is not that of the actions',
    set('horizon', 5),
    'invalid_request',
    { field: 'horizon', expected: 4, given: 5 },
  ],
  [
    'no actions and no policy',
    (r) => {
      delete r.actions
      r.horizon = 4
    },
    'invalid_request',
    { field: 'actions' },
  ],
  [
    'quantiles without samples',
    set('quantiles', [0.5]),
    'invalid_request',
    { field: 'quantiles', expected: 'nothing', given: [1] },
  ],
  [
    'a quantile of 2',
    (r) => Object.assign(r, { samples: 2, quantiles: [2] }),
    'invalid_request',
    { field: 'quantiles[0]' },
  ],
  ['no samples', set('samples', 0), 'invalid_request', { field: 'samples' }],
  [
    'more samples than rows are allowed',
    set('samples', 5),
    'batch_out_of_range',
    { field: 'samples', expected: [1, 4], given: 5 },
  ],
  ['a policy that the model does not have', set('policy', {}), 'no_policy', { field: 'policy' }],
  ['a deadline of 0', set('deadline_ms', 0), 'invalid_request', { field: 'deadline_ms' }],
  [
    'an unknown field of a start',
    (r) => (r.starts[0].state = []),
    'invalid_request',
    { field: 'starts[0].state' },
  ],
  ['a start without states', set('starts', [{}]), 'invalid_request', { field: 'starts[0].states' }],
  [
    'a number for a start',
    set('starts', [5]),
    'invalid_request',
    { field: 'starts[0]', expected: 'object', given: 5 },
  ],
  ['no actions', (r) => delete r.actions, 'invalid_request', { field: 'actions' }],
  ['a seed of text', set('seed', '7'), 'invalid_request', { field: 'seed', expected: 'integer', given: '7' }],
  ['half a seed', set('seed', 0.5), 'invalid_request', { field: 'seed', expected: 'integer', given: 0.5 }],
  [
    'a seed too large',
    set('seed', 2 ** 32),
    'invalid_request',
    { field: 'seed', expected: '<= 4294967295', given: 2 ** 32 },
  ],
  ['a negative seed', set('seed', -1), 'invalid_request', { field: 'seed', expected: '>= 0', given: -1 }],
  [
    'an unknown plan',
    set('plan', 'random'),
    'invalid_request',
    { field: 'plan', expected: ['sequential', 'joint', 'progressive'], given: 'random' },
  ],
  [
    'a number for a model',
    set('model', 3),
    'invalid_request',
    { field: 'model', expected: 'string', given: 3 },
  ],
  [
    'an unknown output',
    set('outputs', ['states', 'images']),
    'invalid_request',
    { field: 'outputs[1]', given: 'images' },
  ],
  ['an empty list of outputs', set('outputs', []), 'invalid_request', { field: 'outputs', given: [0] }],
  [
    'order with joint',
    set('order', 'random'),
    'invalid_request',
    { field: 'order', expected: 'nothing', given: 'random' },
  ],
  [
    'an unknown agent',
    (r) => Object.assign(r, { plan: 'progressive', order: ['back', 'middle'] }),
    'unknown_agent',
    { field: 'order[1]', expected: ['front', 'back'], given: 'middle' },
  ],
]

test.each([...shapes, ...fields])('refuses %s', async (_, change, code, error) => {
  const request = goodRequest()
  change(request)
  const { errors } = problemOf(await rollout(testApp(), request), 400, code)
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatchObject({ ...error, message: expect.any(String) })
})

test('refuses 1e999, which JSON reads as Infinity', async () => {
  const text = JSON.stringify(goodRequest()).replace('"states":[[0,', '"states":[[1e999,')
  const { errors } = problemOf(await rollout(testApp(), text), 400, 'not_finite')
  expect(errors[0]).toMatchObject({
    field: 'starts[0].states[0][0]',
    expected: 'a finite number',
    given: 'Infinity',
  })
})

test('names every wrong field at once', async () => {
  const request = { ...goodRequest(), seed: 'x', plan: 'y', a: 1, b: 2 }
  const { errors, detail } = problemOf(await rollout(testApp(), request), 400, 'invalid_request')
  expect(errors.map(({ field }) => field).sort()).toEqual(['a', 'b', 'plan', 'seed'])
  expect(detail).toContain('a is not a field of this request')
})

test.each([['[]'], ['3'], ['null'], ['"text"']])('refuses a body of %s', async (text) => {
  const { errors } = problemOf(await rollout(testApp(), text), 400, 'invalid_request')
  expect(errors[0]).toMatchObject({ field: 'body', expected: 'object' })
})

test('does not know another model, and lists what there is', async () => {
  const request = { ...goodRequest(), model: 'horse' }
  const { errors } = problemOf(await rollout(testApp(), request), 404, 'unknown_model')
  expect(errors).toEqual([{ field: 'model', message: 'no model named horse', expected: ['tiny'] }])
})

test('asks for a name when two models are served', async () => {
  const app = testApp({ catalog: staticCatalog(new Repository([bundleOf('ant'), bundleOf('tiny')]), KINDS) })
  const { errors } = problemOf(await rollout(app, goodRequest()), 404, 'unknown_model')
  expect(errors[0]).toMatchObject({ field: 'model', expected: ['ant', 'tiny'] })
})

test('a reply to nonsense stays short', async () => {
  const nonsense = { ...goodRequest(), plan: 'p'.repeat(50_000), ['k'.repeat(50_000)]: 1 }
  const response = await rollout(testApp(), nonsense)
  problemOf(response, 400, 'invalid_request')
  expect(response.body.length).toBeLessThan(3000)
})
