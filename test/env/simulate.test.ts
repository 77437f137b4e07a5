import { expect, onTestFinished, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { makeMujocoEnv, resolveTask } from '../../src/env/make-env.ts'
import { playing, type Start, simulate } from '../../src/env/simulate.ts'
import { simulatedText } from '../../src/env/simulate-command.ts'

const spec = (task: string) => resolveTask(task).spec

async function openEnv(task: string) {
  const env = await makeMujocoEnv(task)
  onTestFinished(() => env.close())
  return env
}

/** [T, N, A] */
function randomActions(task: string, steps: number, std = 0.4): number[][][] {
  const rng = new Rng('actions')
  return Array.from({ length: steps }, () =>
    spec(task).agents.map(({ actuators }) => actuators.map(() => std * rng.normal())),
  )
}

/** A start in the middle of an episode. */
async function laterStart(task: string): Promise<Start> {
  const env = await openEnv(task)
  const { qpos, qvel } = simulate(env, spec(task), { seed: 8 }, playing(spec(task), randomActions(task, 5)))
  return { qpos: qpos.at(-1)!, qvel: qvel.at(-1)! }
}

test.each([
  'HalfCheetah-2x3',
  'HalfCheetah-2+4',
  'Ant-4x2',
  'Ant-2x4?contacts=real&observation=k-hop',
  'Walker2d-3x2',
])('%s: everything is what the environment says, bit for bit', async (task) => {
  const env = await openEnv(task)
  const actions = randomActions(task, 10)
  for (const start of [{ seed: 5 }, await laterStart(task)]) {
    const episode = simulate(await openEnv(task), spec(task), start, playing(spec(task), actions))
    let { observations } = 'seed' in start ? env.reset(start) : env.setState(start.qpos, start.qvel)
    expect(episode).toMatchObject({ task: spec(task).name, start })
    expect(episode.rewards).toHaveLength(10)
    for (let t = 0; t <= 10; t++) {
      const { qpos, qvel } = env.coordinates()
      expect(episode.qpos[t]).toEqual([...qpos])
      expect(episode.qvel[t]).toEqual([...qvel])
      expect(episode.states[t]).toEqual([...env.state()])
      for (const agent of env.possibleAgents)
        expect(episode.observations[agent]![t]).toEqual([...observations[agent]!])
      if (t === 10) break
      const joint = Object.fromEntries(env.possibleAgents.map((agent, i) => [agent, actions[t]![i]!]))
      const result = env.step(joint)
      observations = result.observations
      expect(episode.rewards[t]).toBe(result.rewards.agent_0)
      expect(episode.terminations[t]).toBe(result.terminations.agent_0)
      expect(episode.truncations[t]).toBe(result.truncations.agent_0)
    }
  }
})

test('all lists have their lengths', async () => {
  const task = 'HalfCheetah-2+4?observation=k-hop'
  const episode = simulate(
    await openEnv(task),
    spec(task),
    { seed: 1 },
    playing(spec(task), randomActions(task, 4)),
  )
  const shape = (table: number[][]) => [table.length, ...new Set(table.map(({ length }) => length))]
  expect(shape(episode.qpos)).toEqual([5, 9])
  expect(shape(episode.qvel)).toEqual([5, 9])
  expect(shape(episode.states)).toEqual([5, 17])
  expect(Object.entries(episode.observations).map(([agent, table]) => [agent, shape(table)])).toEqual([
    ['agent_0', [5, 11]],
    ['agent_1', [5, 15]],
  ])
  for (const list of [episode.rewards, episode.terminations, episode.truncations])
    expect(list).toHaveLength(4)
})

test('it stops where the episode ends', async () => {
  const task = 'Walker2d-2x3'
  const episode = simulate(
    await openEnv(task),
    spec(task),
    { seed: 1 },
    playing(spec(task), randomActions(task, 500, 1)),
  )
  const steps = episode.rewards.length
  expect(steps).toBeLessThan(500)
  expect(episode.terminations).toEqual([...Array(steps - 1).fill(false), true])
  expect(episode.truncations).toEqual(Array(steps).fill(false))
  expect(episode.states).toHaveLength(steps + 1)
})

test('it stops at the time limit', async () => {
  const task = 'HalfCheetah-6x1'
  const idle = () => Object.fromEntries(spec(task).agents.map(({ name }) => [name, [0]]))
  const episode = simulate(await openEnv(task), spec(task), { seed: 1 }, idle)
  expect(episode.rewards).toHaveLength(1000)
  expect(episode.truncations.indexOf(true)).toBe(999)
  expect(episode.terminations).not.toContain(true)
})

test('a step that fails is named', async () => {
  const task = 'HalfCheetah-2x3'
  const still = Array<number>(9).fill(0)
  const start = { qpos: still, qvel: [9e9, ...still.slice(1)] }
  const actions = randomActions(task, 100)
  const env = await openEnv(task)
  expect(() => simulate(env, spec(task), start, playing(spec(task), actions))).toThrow(
    expect.objectContaining({ code: 'simulation_failed', message: expect.stringMatching(/^step \d+: /) }),
  )
})

test('what was recorded survives JSON', async () => {
  const task = 'Ant-4x2'
  const episode = simulate(
    await openEnv(task),
    spec(task),
    { seed: 2 },
    playing(spec(task), randomActions(task, 3)),
  )
  expect(JSON.parse(JSON.stringify(episode))).toEqual(episode)
})

test('whether a task that can be done has been is told step by step, and in the summary', async () => {
  const task = 'DexHands-DoorOpenOutward'
  const still = Array.from({ length: 2 }, () =>
    spec(task).agents.map(({ actuators }) => actuators.map(() => 0)),
  )
  const simulated = async (start: Start) =>
    simulate(await openEnv(task), spec(task), start, playing(spec(task), still))
  const shut = await simulated({ seed: 1 })
  const [qpos, qvel] = [[...shut.qpos[0]!.slice(0, -2), 1.5, 1.5], shut.qvel[0]!]
  const open = await simulated({ qpos, qvel })
  expect([shut.success, open.success]).toEqual([
    [false, false],
    [true], // the hands are too far from the handles
  ])
  expect(simulatedText(shut, 2)).toBe('DexHands-DoorOpenOutward-mj1, 2 steps, the task not done')
  expect(simulatedText(open, 1)).toBe(
    'DexHands-DoorOpenOutward-mj1, 1 steps, the task done in step 0; the episode terminated with the last',
  )
})
