// Observations of agents that see less than others are as long as their own; padding and ids are the server's to add.
import { expect, test } from 'vitest'
import { readObservations } from '../../../src/server/rollout/observations.ts'
import { manifest } from '../../registry/fixture.ts'

const entries = Array.from({ length: 5 }, (_, i) => ({ name: `x${i}`, unit: '1' }))
const differing = manifest('differing', '1', {
  agents: [
    { name: 'speaker', actuators: ['x'], observed: 1 },
    { name: 'listener', actuators: ['y'], observed: 3 },
  ],
  observation: entries,
})

test('what is shorter is padded with zeros, and each agent is told who it is', () => {
  const { rows } = readObservations({ speaker: [7], listener: [1, 2, 3] }, differing, 4)
  expect(rows.map((row) => [...row])).toEqual([[7, 0, 0, 1, 0, 1, 2, 3, 0, 1]])
  const two = readObservations(
    {
      listener: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    },
    differing,
    4,
  )
  expect([...two.rows[1]!]).toEqual([0, 0, 0, 0, 0, 4, 5, 6, 0, 1])
})

test('another length than its own is refused', () => {
  expect(() => readObservations({ speaker: [7, 0, 0, 1, 0] }, differing, 4)).toThrow(
    expect.objectContaining({ code: 'invalid_shape', details: expect.objectContaining({ expected: [1] }) }),
  )
})
