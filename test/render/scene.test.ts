import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig } from '../../src/common/config.ts'
import { makeEnv } from '../../src/env/make-env.ts'
import { collectEpisode, gaussianPolicy } from '../../src/episodes/replay/collect.ts'
import { RenderFlags } from '../../src/render/flags.ts'
import { openScene } from '../../src/render/scene.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { putJson, temporaryFolder, trueEpisode } from './scenes.ts'

const open = (flags: Partial<RenderFlags>) => openScene(parseConfig(RenderFlags, flags))
const refused = (code: string, message: string | RegExp) =>
  expect.objectContaining({
    code,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })

test('an episode of the random policy is a function of the seed', async () => {
  const [a, again, other] = [
    await open({ seed: 3, steps: 5 }),
    await open({ seed: 3, steps: 5 }),
    await open({ seed: 4, steps: 5 }),
  ]
  expect(a.task.spec.name).toBe('HalfCheetah-2x3-v1')
  expect(a.trajectories).toHaveLength(1)
  expect(a.trajectories[0]!.qpos).toHaveLength(6)
  expect(again.trajectories).toEqual(a.trajectories)
  expect(other.trajectories).not.toEqual(a.trajectories)
})

test('it may begin later', async () => {
  const whole = await open({ seed: 3, steps: 8 })
  const { trajectories } = await open({ seed: 3, from: 5, steps: 3 })
  expect(trajectories[0]).toMatchObject({ firstStep: 5, qpos: whole.trajectories[0]!.qpos.slice(5) })
})

test('it ends where the episode ends', async () => {
  const { trajectories } = await open({ task: 'Walker2d-2x3', steps: 1000 })
  expect(trajectories[0]!.qpos.length).toBeLessThan(500)
})

async function recordedRun(): Promise<string> {
  const folder = temporaryFolder()
  const env = await makeEnv('Walker2d-2x3')
  new RunFolder(folder).saveEpisode(0, collectEpisode(env, gaussianPolicy(env, 0.4), 1))
  env.close()
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ config: { task: 'Walker2d-2x3' } }))
  return folder
}

test('a recorded episode is drawn from its states, its task known from the run', async () => {
  const run = await recordedRun()
  const { states, length, rewards } = new RunFolder(run).loadEpisode(0)
  const { task, trajectories } = await open({ run, steps: 1000 })
  expect(task.spec.name).toBe('Walker2d-2x3-v1')
  const [{ qpos, rewards: shown } = { qpos: [], rewards: [] }] = trajectories
  expect(qpos).toHaveLength(length + 1)
  expect(shown).toEqual([undefined, ...rewards])
  qpos.forEach((pose, t) => {
    expect(pose.slice(1)).toEqual([...states.slice(17 * t, 17 * t + 8)])
  })
})

test('the name that a newer run records counts', async () => {
  const run = await recordedRun()
  putJson(run, 'config.json', { config: { task: 'data.h5' }, task: { name: 'Walker2d-3x2-v1' } })
  expect((await open({ run })).task.spec.name).toBe('Walker2d-3x2-v1')
})

test('what is wrong with a run is said', async () => {
  const run = await recordedRun()
  await expect(open({ run, episode: 1 })).rejects.toThrow(
    refused('invalid_config', `${run} has no readable episode 1; it has 1, from 0 on`),
  )
  await expect(open({ run, task: 'Ant-4x2' })).rejects.toThrow(
    refused('invalid_shape', `episode 0 of ${run} has other states than Ant-4x2-v1`),
  )
  writeFileSync(join(run, 'episodes', '0.msgpack'), 'nonsense')
  await expect(open({ run })).rejects.toThrow(refused('invalid_config', /no readable episode 0/))
  putJson(run, 'config.json', { config: {} })
  await expect(open({ run })).rejects.toThrow(refused('invalid_request', 'run.config.task is missing'))
  rmSync(join(run, 'episodes'), { recursive: true })
  putJson(run, 'config.json', { config: { task: 'Walker2d-2x3' } })
  await expect(open({ run })).rejects.toThrow(
    refused('invalid_config', `${run} keeps no episodes: runs with a world model do`),
  )
  const empty = join(run, 'empty')
  mkdirSync(empty)
  await expect(open({ run: empty })).rejects.toThrow(
    refused('invalid_config', /^run: the file .*config.json can't be read \(ENOENT\)$/),
  )
})

test('a rollout is drawn over the truth, which tells the task', async () => {
  const folder = temporaryFolder()
  const episode = await trueEpisode('Ant-4x2')
  const truth = putJson(folder, 'true.json', episode)
  const rollout = putJson(folder, 'reply.json', { states: [episode.states.slice(1)] })
  const { task, trajectories } = await open({ rollout, truth })
  expect(task.spec.name).toBe('Ant-4x2-v1')
  expect(trajectories.map(({ name, firstStep, qpos }) => [name, firstStep, qpos.length])).toEqual([
    ['true', 0, 13],
    ['imagined', 0, 13],
  ])
})

test('a second simulated episode may be drawn over the first', async () => {
  const folder = temporaryFolder()
  const truth = putJson(folder, 'true.json', await trueEpisode('HalfCheetah-2x3'))
  const other = await trueEpisode('HalfCheetah-2x3', 6, 0.9)
  const { trajectories } = await open({ rollout: putJson(folder, 'other.json', other), truth })
  expect(trajectories.map(({ name, qpos }) => [name, qpos.length])).toEqual([
    ['true', 13],
    ['imagined', 7],
  ])
  expect(trajectories[1]!.qpos).toEqual(other.qpos)
})

test.each([
  [{ run: 'a', rollout: 'b' }, 'invalid_config', '--run and --rollout exclude each other'],
  [{ truth: 'a' }, 'invalid_config', '--truth goes with --rollout, which is drawn over it'],
  [{ rollout: '/nowhere.json' }, 'invalid_config', "rollout: the file /nowhere.json can't be read (ENOENT)"],
  [{ task: 'Nobody-2x3' }, 'unknown_task', /^no task named Nobody-2x3/],
])('%j is refused', async (flags, code, message) => {
  await expect(open(flags)).rejects.toThrow(refused(code, message))
})

test.each([
  ['{"states": [', 'invalid_json', /^rollout: the file .* is not JSON: /],
  ['[]', 'invalid_request', 'rollout must be object, but is a list of 0'],
  ['{"task": 3, "states": []}', 'invalid_request', 'task must be string, but is 3'],
])('the rollout %j is refused', async (text, code, message) => {
  const rollout = putJson(temporaryFolder(), 'reply.json', text)
  await expect(open({ rollout })).rejects.toThrow(refused(code, message))
})
