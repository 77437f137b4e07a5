import { expect, test } from 'vitest'
import { resolveTask } from '../../../src/env/make-env.ts'
import { ofImagined, readImagined } from '../../../src/render/sources/imagined.ts'
import { trueEpisode } from '../scenes.ts'

const task = resolveTask('HalfCheetah-2x3')
const truth = trueEpisode('HalfCheetah-2x3')
const state = (value: number) => Array<number>(17).fill(value)

/** A reply that imagined exactly what happened. */
async function perfectReply() {
  const { states, rewards } = await truth
  const rows = [states.slice(1).map((row) => row.map((value) => value + 1)), states.slice(1)]
  return {
    states: rows,
    rewards: [rewards.map(() => 9), rewards],
    lengths: [12, 12],
    agents: ['agent_0', 'agent_1'],
  }
}

const refused = (code: string, message: string) => expect.objectContaining({ code, message })

test('an imagined trajectory begins where the truth does, and goes where its velocity says', async () => {
  const episode = await truth
  const drawn = ofImagined(readImagined(await perfectReply(), 1, task, 'rollout'), task, episode)
  expect(drawn).toMatchObject({ name: 'imagined', firstStep: 0, rewards: [undefined, ...episode.rewards] })
  expect(drawn.qpos).toHaveLength(13)
  expect(drawn.qpos[0]).toEqual(episode.qpos[0])
  drawn.qpos.forEach((pose, t) => {
    expect(pose.slice(1)).toEqual(episode.qpos[t]!.slice(1))
    expect(Math.abs(pose[0]! - episode.qpos[t]![0]!)).toBeLessThan(0.03)
  })
})

test('alone it has no start: it begins after the first action', async () => {
  const drawn = ofImagined(readImagined(await perfectReply(), 0, task, 'rollout'), task)
  expect(drawn).toMatchObject({ firstStep: 1, rewards: Array(12).fill(9) })
  expect(drawn.qpos).toHaveLength(12)
  expect(drawn.qpos[0]![0]).toBe(0)
})

test('it ends with the first imagined end, and rewards may be left out', async () => {
  const { states } = await perfectReply()
  const drawn = ofImagined(readImagined({ states, lengths: [12, 3] }, 1, task, 'rollout'), task)
  expect(drawn.qpos).toHaveLength(3)
  expect(drawn.rewards).toEqual([])
})

test.each([
  [{}, 0, 'invalid_request', 'rollout.states is missing'],
  [{ states: [[state(0)]] }, 1, 'invalid_config', 'rollout has 1 rows: there is no row 1'],
  [{ states: [[]] }, 0, 'invalid_shape', 'rollout.states[0] has 0 entries, expected at least 1'],
  [
    { states: [[[1]]] },
    0,
    'invalid_shape',
    'rollout.states[0][0] has 1 entries, a state of HalfCheetah-2x3-v1 has 17; --task says which task it is',
  ],
  [{ states: [[state(0), 5]] }, 0, 'invalid_shape', 'rollout.states[0][1] is 5, not a list'],
  [
    { states: [[[null, ...state(0).slice(1)]]] },
    0,
    'not_finite',
    'rollout.states[0][0][0] is null, not a finite number',
  ],
  [
    { states: [[state(0)]], rewards: [[1, 2]] },
    0,
    'invalid_shape',
    'rollout.rewards[0] has 2 entries, expected 1',
  ],
  [{ states: [[state(0)]], rewards: 3 }, 0, 'invalid_shape', 'rollout.rewards is 3, not a list'],
  [{ states: [[state(0)]], lengths: [0] }, 0, 'invalid_request', 'rollout.lengths[0] must be >= 1, but is 0'],
])('the reply %j with row %i is refused', (reply, row, code, message) => {
  expect(() => readImagined(reply, row, task, 'rollout')).toThrow(refused(code, message))
})
