import { expect, test } from 'vitest'
import { taskSpec } from '../../src/env/make-env.ts'
import { agentSizes, commonObservation, demandEqualAgents } from '../../src/env/task-spec.ts'

test.each([
  ['HalfCheetah-3x2', { action: 2, observation: 20 }],
  ['Walker2d-2x3', { action: 3, observation: 19 }],
  ['Ant-2x4', { action: 4, observation: 113 }],
  ['Ant-4x2', { action: 2, observation: 115 }],
  ['Ant-4x2?observation=k-hop&actionMap=by-joint', { action: 2, observation: 42 }],
])('%s has agents of the size %j', (task, sizes) => {
  expect(agentSizes(taskSpec(task))).toEqual(sizes)
})

test('what has no padding refuses agents of unequal size, and says which entries differ', () => {
  const refusal = (field: string, given: number[]) =>
    expect.objectContaining({ code: 'unequal_agents', details: { field, given } })
  expect(() => demandEqualAgents(taskSpec('HalfCheetah-2+4'))).toThrow(refusal('action', [2, 4]))
  expect(() => demandEqualAgents(taskSpec('HalfCheetah-6x1?observation=k-hop&actionMap=by-joint'))).toThrow(
    refusal('observation', [9, 9, 8, 9, 9, 8]),
  )
})

test('entries that all agents share keep their names and units', () => {
  const raw = taskSpec('HalfCheetah-2x3?observation=raw')
  const { names, units } = commonObservation(raw)
  expect(names).toEqual([...raw.stateNames, 'is_agent_0', 'is_agent_1'])
  expect(units).toEqual([...raw.stateUnits, '1', '1'])
})

test('entries that differ between agents have neutral names', () => {
  const { names, units } = commonObservation(taskSpec('HalfCheetah-2x3?observation=k-hop&hops=0'))
  expect(names.slice(0, 2)).toEqual(['entry_0', 'entry_1'])
  expect(units.slice(0, 2)).toEqual(['rad', 'rad/s'])
  expect(names.slice(6)).toEqual([
    'height',
    'pitch',
    'forward_velocity',
    'vertical_velocity',
    'pitch_velocity',
  ])
})
