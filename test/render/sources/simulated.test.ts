import { expect, test } from 'vitest'
import { resolveTask } from '../../../src/env/make-env.ts'
import { ofSimulated, readSimulated } from '../../../src/render/sources/simulated.ts'
import { trueEpisode } from '../scenes.ts'

const task = resolveTask('HalfCheetah-2x3')
const truth = trueEpisode('HalfCheetah-2x3')
const state = (value: number) => Array<number>(17).fill(value)

const refused = (code: string, message: string) => expect.objectContaining({ code, message })

test('a simulated episode is drawn as it is', async () => {
  const episode = await truth
  expect(ofSimulated(readSimulated(episode, task, 'truth'))).toEqual({
    name: 'true',
    firstStep: 0,
    qpos: episode.qpos,
    rewards: [undefined, ...episode.rewards],
  })
})

test('another split of the same robot is the same body', async () => {
  const episode = await truth
  expect(readSimulated(episode, resolveTask('HalfCheetah-6x1'), 'truth').qpos).toEqual(episode.qpos)
})

test.each([
  [{ task: 'Ant-4x2-v1' }, 'invalid_request', 'truth is an episode of Ant-4x2-v1, not of HalfCheetah-2x3-v1'],
  [{ task: 4 }, 'invalid_request', 'truth.task must be string, but is 4'],
  [{ qpos: [[1, 2]] }, 'invalid_shape', 'truth.qpos[0] has 2 entries, expected at least 9'],
  [{ qpos: [] }, 'invalid_shape', 'truth.qpos has 0 entries, expected at least 1'],
  [{ states: [[null]] }, 'invalid_shape', 'truth.states[0] has 1 entries, expected at least 17'],
  [{ states: [state(0)] }, 'invalid_shape', 'truth.states has 1 entries, expected 13'],
  [{ rewards: [1] }, 'invalid_shape', 'truth.rewards has 1 entries, expected 12'],
  [{ rewards: [null] }, 'not_finite', 'truth.rewards[0] is null, not a finite number'],
])('a simulated episode with %j is refused', async (change, code, message) => {
  const episode = { ...(await truth), ...change }
  expect(() => readSimulated(episode, task, 'truth')).toThrow(refused(code, message))
})
