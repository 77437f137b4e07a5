import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { PLAN_NAMES } from '../../src/api/choice.ts'
import { RolloutRequest } from '../../src/api/rollout.ts'
import { PLANS } from '../../src/worlds/dima/serve/manifest.ts'
import { goodRequest } from '../server/fixture.ts'

// api/ imports nothing of ours, so it has its own list.
test('the wire has the plans of the manifest', () => {
  expect(PLAN_NAMES).toEqual(PLANS)
})

test('the schema in the document accepts what the server accepts', () => {
  const requests = [
    goodRequest(),
    { ...goodRequest(), plan: 'sequential', order: ['front', 1], outputs: ['states'] },
  ]
  for (const request of requests) expect(Value.Errors(RolloutRequest, request)).toEqual([])
  expect(Value.Check(RolloutRequest, { ...goodRequest(), steps: 3 })).toBe(false)
})
