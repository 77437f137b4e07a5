// What is on the tape, as files for programs.
import { expect, test } from 'vitest'
import { csvOf, ndjsonOf, recordsOf } from '../../src/playground/export/rows.ts'
import { Tape } from '../../src/playground/tape/tape.ts'

const names = {
  agents: [
    { name: 'left', actuators: ['hip'] },
    { name: 'right', actuators: ['hip'] },
  ],
  spaces: { state: [{ name: 'height, above ground' }, { name: 'pitch' }] },
} as unknown as Parameters<typeof csvOf>[0]

function tape(): Tape {
  const tape = new Tape(10, 2, 2)
  tape.begin([0.1, 0.2], 0, 0)
  tape.step([0.3, 0.4], 0.05, 0, { actions: [1, -1], reward: 2, end: 0 })
  tape.setTruth(1, [0.5, 0.6], 0.04, 0, 1.5)
  return tape
}

test('as lines of JSON, the first of which tells of the others', () => {
  const lines = ndjsonOf({ model: 'm@1' }, recordsOf(tape(), names, 0.05))
    .trim()
    .split('\n')
  const nothing = {
    reward: null,
    termination_probability: null,
    true_reward: null,
    error: null,
    spread: null,
  }
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { model: 'm@1' },
    {
      ...{ step: 0, seconds: 0, episode_begins: true, state: [0.1, 0.2], true_state: null, actions: null },
      ...{ ...nothing, x: 0, y: 0 },
    },
    {
      ...{ step: 1, seconds: 0.05, episode_begins: false, state: [0.3, 0.4], true_state: [0.5, 0.6] },
      ...{ actions: [[1], [-1]], ...nothing, x: 0.05, y: 0, reward: 2, termination_probability: 0 },
      ...{ true_reward: 1.5 },
    },
  ])
})

test('as a table, a column each number, empty where there is none', () => {
  expect(csvOf(names, recordsOf(tape(), names, 0.05)).split('\n')).toEqual([
    'step,seconds,episode_begins,x,y,reward,termination_probability,true_reward,error,spread,' +
      '"height, above ground",pitch,"true_height, above ground",true_pitch,left.hip,right.hip',
    '0,0,1,0,0,,,,,,0.1,0.2,,,,',
    '1,0.05,0,0.05,0,2,0,1.5,,,0.3,0.4,0.5,0.6,1,-1',
    '',
  ])
})
