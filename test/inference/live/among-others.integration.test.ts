// Sessions on a real model of each kind through a real executor: the trajectory of a session is that of the rollout of its actions,
// alone or among a thousand others, past the horizon too.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { startExecutorPool } from '../../../src/inference/executors/pool.ts'
import { trust } from '../../../src/inference/executors/proof.ts'
import { openSessions } from '../../../src/inference/live/sessions.ts'
import type { LiveModel, StepAnswer } from '../../../src/inference/live/types.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'
import type { StartWindow } from '../../../src/worlds/starts.ts'
import { kindNames, publishSubject, SUBJECTS, type Subject } from '../../worlds/subjects.ts'
import { rolloutOf } from '../fixture.ts'

const OWNER = 'me'
let model: Subject
let simulator: OpenSimulator
let server: Awaited<ReturnType<typeof served>>

async function served() {
  const folder = await mkdtemp(join(tmpdir(), 'among-'))
  const bundle = await publishSubject(folder, 'tiny', model)
  const logger = { info: () => {}, error: () => {} }
  const pool = await startExecutorPool({
    kinds: KINDS,
    bundles: [bundle],
    executors: 2,
    logger,
    prove: trust,
  })
  const settings = { capacity: 2000, capacityPerOwner: 2000, idleTimeoutMs: 0, pendingPerSession: 8 }
  const sessions = openSessions(pool, KINDS, settings)
  const live: LiveModel = { bundle, starts: [] }
  const close = async () => {
    sessions.closeAll()
    await pool.close()
    await rm(folder, { recursive: true })
  }
  return { sessions, live, close }
}

function startOf({ states, pastActions, batch }: Rollout, row: number): StartWindow {
  const cut = <T extends Float64Array | Float32Array>(data: T) => {
    const width = data.length / batch
    return data.slice(row * width, (row + 1) * width) as T
  }
  return { states: cut(states), actions: cut(pastActions) }
}

/** Steps row `row` of a rollout as a session, its actions over and over. */
async function walk({ sessions, live }: typeof server, rollout: Rollout, row: number, steps: number) {
  const { choice, seed, horizon, actions, batch } = rollout
  const start = startOf(rollout, row)
  const options = { model: live, choice, seed, start, maxEpisodeSteps: null, autoreset: 'disabled' as const }
  const { id } = await sessions.create(OWNER, options)
  const joint = actions.length / (batch * horizon)
  const answers: StepAnswer[] = []
  for (let t = 0; t < steps; t++) {
    const at = (row * horizon + (t % horizon)) * joint
    const answer = await sessions.step(OWNER, id, actions.slice(at, at + joint))
    answers.push(answer)
    if (answer.terminated) break
  }
  sessions.close(OWNER, id)
  return answers
}

const numbersOf = ({ state, observations, reward, terminationProbability, terminated }: StepAnswer) => [
  ...state,
  ...observations,
  reward,
  terminationProbability,
  terminated ? 1 : 0,
]

const worst = (a: number[], b: number[]) => {
  expect(a).toHaveLength(b.length)
  return Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))
}

describe.each(kindNames)('kind %s', (name) => {
  beforeAll(async () => {
    model = { ...SUBJECTS[name]!() }
    model.spec = { ...model.spec, terminates: true }
    simulator = await openSimulator(KINDS, model.spec, model.compiled)
    server = await served()
    return async () => {
      await server.close()
      await simulator.close()
    }
  })

  test('a session equals the rollout of its actions up to its end', async () => {
    const rollout = rolloutOf(model.spec as never, { plan: model.decoded as never, batch: 8, seed: 11 })
    const { states, rewards, lengths } = await simulator.rollout(rollout)
    const { length: S } = model.spec.state
    const walked = await Promise.all(
      Array.from(lengths, (_, row) => walk(server, rollout, row, rollout.horizon)),
    )
    expect(walked.map((answers) => answers.length)).toEqual([...lengths])
    const expected = walked.flatMap((answers, row) =>
      answers.flatMap((_, t) => {
        const at = row * rollout.horizon + t
        return [...states.subarray(at * S, (at + 1) * S), rewards[at]!]
      }),
    )
    const given = walked.flatMap((answers) => answers.flatMap(({ state, reward }) => [...state, reward]))
    expect(worst(given, expected)).toBeLessThan(1e-5)
  })

  test('a session among a thousand gives what it gives alone, past the horizon too', async () => {
    const one = rolloutOf(model.spec as never, { plan: model.decoded as never, keys: [4711], seed: 5 })
    const steps = 2 * model.spec.horizon + 3
    const alone = await walk(server, one, 0, steps)
    expect(alone.length).toBeGreaterThan(1)
    const others = rolloutOf(model.spec as never, { plan: model.decoded as never, batch: 999, seed: 6 })
    const [among] = await Promise.all([
      walk(server, one, 0, steps),
      ...Array.from({ length: 999 }, (_, row) => walk(server, others, row, 10)),
    ])
    expect(among).toHaveLength(alone.length)
    for (const [t, answer] of among.entries())
      expect(worst(numbersOf(answer), numbersOf(alone[t]!))).toBeLessThan(1e-5)
  })
})
