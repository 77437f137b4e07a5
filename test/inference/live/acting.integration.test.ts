// A policy in sessions on a real model of each kind through a real executor: the trajectory is that of a rollout with the policy in its
// loop, whatever is shown, alone or in company, through snapshots and forks.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startExecutorPool } from '../../../src/inference/executors/pool.ts'
import { openSessions } from '../../../src/inference/live/sessions.ts'
import type { LiveModel, StepAnswer } from '../../../src/inference/live/types.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'
import { windowOf } from '../../../src/worlds/starts.ts'
import { lettersOf } from '../../../src/worlds/world.ts'
import { kindNames, publishSubject, SUBJECTS, type Subject } from '../../worlds/subjects.ts'
import { openTiny, rolloutOf, tinyModel } from '../fixture.ts'

const OWNER = 'me'
let model: Subject
let simulator: OpenSimulator
let server: Awaited<ReturnType<typeof served>>

async function served() {
  const folder = await mkdtemp(join(tmpdir(), 'acting-'))
  const bundle = await publishSubject(folder, 'tiny', model)
  const logger = { info: () => {}, error: () => {} }
  const pool = await startExecutorPool({ kinds: KINDS, bundles: [bundle], executors: 2, logger })
  expect(pool.refused).toEqual([])
  const settings = { capacity: 2000, capacityPerOwner: 2000, idleTimeoutMs: 0, pendingPerSession: 8 }
  const sessions = openSessions(pool, KINDS, settings)
  const live: LiveModel = { bundle, starts: [] }
  const close = async () => {
    sessions.closeAll()
    await pool.close()
    await rm(folder, { recursive: true })
  }
  return { pool, sessions, live, close }
}
type Served = typeof server

/** Row `row` of a rollout as a session; `through` may bring another one in its place after a step. */
async function walk(
  { sessions, live }: Served,
  rollout: Rollout,
  row: number,
  through: (id: string, t: number) => Promise<string> = async (id) => id,
): Promise<StepAnswer[]> {
  const { choice, seed, horizon, actions, policy } = rollout
  const start = windowOf(model.spec, rollout, row)
  const options = { model: live, choice, seed, start, maxEpisodeSteps: null, autoreset: 'disabled' as const }
  let { id } = await sessions.create(OWNER, options)
  const joint = actions.length / (rollout.batch * horizon)
  const answers: StepAnswer[] = []
  for (let t = 0; t < horizon; t++) {
    const at = (row * horizon + t) * joint
    answers.push(await sessions.step(OWNER, id, actions.slice(at, at + joint), { policy: policy! }))
    if (answers.at(-1)!.terminated) break
    id = await through(id, t)
  }
  return answers
}

const everyone = [true, true]

function worst(given: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(given.length).toBe(expected.length)
  return Math.max(...Array.from(given, (x, i) => Math.abs(x - expected[i]!)))
}

describe.each(kindNames)('kind %s', (name) => {
  beforeAll(async () => {
    model = SUBJECTS[name]!()
    simulator = await openSimulator(KINDS, model.spec, model.compiled)
    server = await served()
    return async () => {
      await server.close()
      await simulator.close()
    }
  })

  test.each([
    ['all, drawn', { seen: 'decoded', policy: { agents: everyone, mode: 'sample' } }],
    ['all, drawn, shown exactly', { seen: 'exact', policy: { agents: everyone, mode: 'sample' } }],
    ['all, the mean', { seen: 'exact', policy: { agents: everyone, mode: 'mean' } }],
    ['one of two', { seen: 'decoded', policy: { agents: [false, true], mode: 'sample' } }],
  ] as const)('a session equals the rollout in closed loop: %s', async (_, { seen, policy }) => {
    const acting = { ...policy, agents: [...policy.agents] }
    const rollout = rolloutOf(model.spec as never, {
      batch: 6,
      seed: 11,
      plan: model[seen] as never,
      policy: acting,
    })
    const { states, rewards, observations, actions, lengths } = await simulator.rollout(rollout)
    const walked = await Promise.all(Array.from(lengths, (_, row) => walk(server, rollout, row)))
    expect(walked.map((answers) => answers.length)).toEqual([...lengths])
    const { N, A, S, O } = lettersOf(model.spec)
    for (const [row, answers] of walked.entries())
      for (const [t, answer] of answers.entries()) {
        const at = row * rollout.horizon + t
        const part = (data: Float32Array | Float64Array, width: number) =>
          data.subarray(at * width, (at + 1) * width)
        expect(worst(answer.actions!, part(actions!, N * A))).toBeLessThan(1e-4)
        expect(worst(answer.state, part(states, S))).toBeLessThan(1e-4)
        expect(worst(answer.observations, part(observations, N * O))).toBeLessThan(1e-4)
        expect(Math.abs(answer.reward - rewards[at]!)).toBeLessThan(1e-4)
      }
    const free = walked.flatMap((answers) =>
      answers.flatMap(({ actions }) => [...actions!].filter((x) => Math.abs(x) < 1)),
    )
    expect(new Set(free).size).toBeGreaterThan(20)
  })

  const sampling = (batch: number, seed: number) =>
    rolloutOf(model.spec as never, {
      batch,
      seed,
      plan: model.exact as never,
      policy: { agents: everyone, mode: 'sample' },
    })

  test('in company, restored at each step, or forked at each step it is what it is alone', async () => {
    const { sessions, live } = server
    const one = rolloutOf(model.spec as never, {
      ...{ keys: [4711], seed: 5, plan: model.exact as never },
      policy: sampling(1, 5).policy,
    })
    const alone = await walk(server, one, 0)
    expect(alone.length).toBeGreaterThan(1)
    const restored = async (id: string) => {
      const { snapshot } = await sessions.snapshot(OWNER, id)
      return (await sessions.restore(OWNER, snapshot, () => live)).id
    }
    const forked = async (id: string) => (await sessions.fork(OWNER, id, { count: 1 }))[0]!.id
    const others = sampling(60, 6)
    const ways = await Promise.all([
      walk(server, one, 0),
      walk(server, one, 0, restored),
      walk(server, one, 0, forked),
      ...Array.from({ length: 60 }, (_, row) => walk(server, others, row).then(() => [])),
    ])
    for (const way of ways.slice(0, 3)) {
      expect(way).toHaveLength(alone.length)
      for (const [t, { actions, state }] of way.entries()) {
        expect(worst(actions!, alone[t]!.actions!)).toBeLessThan(1e-4)
        expect(worst(state, alone[t]!.state)).toBeLessThan(1e-4)
      }
    }
  })

  test('observations of a caller are judged as they are, one by one or together', async () => {
    const { pool, live } = server
    const { N, O } = lettersOf(model.spec)
    const seen = Array.from({ length: 40 }, (_, row) => ({
      observations: Float32Array.from({ length: N * O }, (_, i) => Math.sin(row + i)),
    }))
    const { digest } = live.bundle
    const together = await Promise.all(seen.map((one) => pool.act(digest, one)))
    for (const row of [0, 17, 39]) {
      const { mean, std } = await pool.act(digest, seen[row]!)
      expect(worst(mean, together[row]!.mean)).toBeLessThan(1e-5)
      expect(worst(std, together[row]!.std)).toBeLessThan(1e-5)
    }
    await expect(pool.act('another', seen[0]!)).rejects.toMatchObject({ code: expect.any(String) })
  })
})

test('a bundle without a policy says so', async () => {
  const plain = tinyModel()
  const open = await openTiny(plain)
  onTestFinished(() => open.close())
  const { N, O } = lettersOf(plain.spec)
  await expect(open.act({ observations: new Float32Array(N * O) })).rejects.toMatchObject({
    code: 'no_policy',
  })
})
