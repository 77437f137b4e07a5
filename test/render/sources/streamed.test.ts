import { expect, test } from 'vitest'
import { isStream, readStream } from '../../../src/render/sources/streamed.ts'

const state = (value: number) => Array<number>(17).fill(value)

const line = (value: unknown) => `${JSON.stringify(value)}\n`
const start = line({ type: 'start', rows: 2, horizon: 2 })
const step = (t: number) => line({ type: 'step', t, states: [state(t), state(t + 10)], rewards: [t, t + 10] })

test('a streamed reply is put together by row', () => {
  const text = start + step(0) + step(1) + line({ type: 'end', lengths: [2, 1] })
  expect(isStream(text)).toBe(true)
  expect(readStream(text, 'file', 'rollout')).toEqual({
    states: [
      [state(0), state(1)],
      [state(10), state(11)],
    ],
    rewards: [
      [0, 1],
      [10, 11],
    ],
    lengths: [2, 1],
  })
})

test('a stream that was cut off between lines has what came', () => {
  expect(readStream(start + step(0), 'file', 'rollout')).toEqual({
    states: [[state(0)], [state(10)]],
    rewards: [[0], [10]],
  })
})

test.each(['', '{"states": []}', '{\n"states": []}', '[1]\n[2]\n', '{"type": "other"}\n'])(
  '%j is no stream',
  (text) => {
    expect(isStream(text)).toBe(false)
  },
)

test.each([
  [start + step(0).slice(0, 50), 'invalid_json', /^rollout: the file file, line 2, is not JSON: /],
  [start, 'invalid_request', /^rollout: the stream has no step$/],
  [line({ type: 'start' }) + step(0), 'invalid_request', /^rollout, line 1.rows is missing$/],
  [
    start + line({ type: 'step', states: [state(0)], rewards: [1, 2] }),
    'invalid_shape',
    /^rollout, line 2.states has 1 entries/,
  ],
  [
    start + line({ type: 'step', states: [state(0), state(0)] }),
    'invalid_request',
    /^rollout, line 2.rewards is missing$/,
  ],
  [start + line(7), 'invalid_request', /^rollout, line 2 must be object, but is 7$/],
])('a broken stream is refused by its line', (text, code, message) => {
  expect(() => readStream(text, 'file', 'rollout')).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  )
})
