import { expect, test } from 'vitest'
import { callFigures, oneCall, together } from '../../../src/learning/lanes/call-times.ts'

const timesOf = (network: string, ...calls: number[]) =>
  together(calls.map((ms) => ({ [network]: oneCall(ms) })))

test('of each network: calls, their mean, the longest', () => {
  expect(
    callFigures(together([timesOf('decoder', 2, 7), timesOf('reward', 1.234), timesOf('decoder', 3)])),
  ).toEqual({
    decoder_calls: 3,
    decoder_call_ms: 4,
    decoder_longest_call_ms: 7,
    reward_calls: 1,
    reward_call_ms: 1.23,
    reward_longest_call_ms: 1.23,
  })
  expect(callFigures({})).toEqual({})
})
