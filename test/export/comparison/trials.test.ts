import { expect, test } from 'vitest'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import { createTrials } from '../../../src/export/comparison/trials.ts'
import { specOf } from '../../inference/fixture.ts'

const spec = specOf({ S: 1, N: 2, A: 1, H: 4, L: 3 })

/** State t of episode e is 100 e + t, the actions of step t are ±(100 e + t), its reward too. */
function episode(e: number, length: number, terminated = false): Episode {
  const at = (t: number) => 100 * e + t
  return {
    length,
    states: Float64Array.from({ length: length + 1 }, (_, t) => at(t)),
    actions: Float32Array.from({ length: 2 * length }, (_, i) => (i % 2 ? -1 : 1) * at(i >> 1)),
    observations: new Float32Array(0),
    rewards: Float32Array.from({ length }, (_, t) => at(t)),
    terminated,
    truncated: !terminated,
  }
}

test('from rest: the first state alone, then what followed', () => {
  const { fromRest } = createTrials(spec, [episode(1, 5), episode(2, 4), episode(3, 9)], {
    segments: 1,
    seed: 1,
  })
  const { rollout, states, rewards } = fromRest
  expect(rollout.batch).toBe(2) // the second episode is over after the last action
  expect([...rollout.windows]).toEqual([1, 1])
  expect([...rollout.states]).toEqual([0, 0, 100, 0, 0, 300])
  expect([...rollout.actions].slice(0, 8)).toEqual([100, -100, 101, -101, 102, -102, 103, -103])
  expect([...states]).toEqual([101, 102, 103, 104, 301, 302, 303, 304])
  expect([...rewards].slice(0, 4)).toEqual([100, 101, 102, 103])
})

test('ends: the last steps of what the environment ended', () => {
  const { ends } = createTrials(spec, [episode(1, 6, true), episode(2, 6)], { segments: 1, seed: 1 })
  expect([...ends!.rollout.windows]).toEqual([3])
  expect([...ends!.rollout.states]).toEqual([100, 101, 102])
  expect([...ends!.rollout.pastActions]).toEqual([100, -100, 101, -101])
  expect([...ends!.states]).toEqual([103, 104, 105, 106])
  expect(createTrials(spec, [episode(2, 6)], { segments: 1, seed: 1 }).ends).toBeUndefined()
})

test('segments lie anywhere before the end, with as much context as there is', () => {
  const { segments } = createTrials(spec, [episode(1, 6)], { segments: 50, seed: 1 })
  const last = Array.from({ length: 50 }, (_, row) => segments.rollout.states[3 * row + 2]!)
  expect(new Set(last)).toEqual(new Set([100, 101])) // from 102 on the fourth action would be the last one
  for (const [row, state] of last.entries()) {
    expect(segments.rollout.windows[row]).toBe(state - 99)
    expect([...segments.states.subarray(4 * row, 4 * row + 4)]).toEqual([1, 2, 3, 4].map((t) => state + t))
  }
  expect(createTrials(spec, [episode(1, 6)], { segments: 50, seed: 1 }).segments).toEqual(segments)
})

test('episodes that are all too short are refused', () => {
  expect(() => createTrials(spec, [episode(1, 4)], { segments: 1, seed: 1 })).toThrow('longer than 4 steps')
})
