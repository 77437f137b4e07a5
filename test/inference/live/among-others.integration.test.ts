// Sessions on a real model through a real executor: the trajectory of a session is that of the rollout of its actions,
// alone or among a thousand others, past the horizon too.
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { startExecutorPool } from '../../../src/inference/executors/pool.ts'
import { trust } from '../../../src/inference/executors/proof.ts'
import { openSessions } from '../../../src/inference/live/sessions.ts'
import type { LiveModel, Sessions, StepAnswer } from '../../../src/inference/live/types.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'
import type { StartWindow } from '../../../src/worlds/starts.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { publishModel } from '../bundle.ts'
import { type OpenTiny, openTiny, rolloutOf, type TinyModel, tinyModel } from '../fixture.ts'

const OWNER = 'me'
let model: TinyModel
let simulator: OpenTiny
beforeAll(async () => {
  model = tinyModel()
  simulator = await openTiny(model)
  return () => simulator.close()
})

async function served(): Promise<{ sessions: Sessions; live: LiveModel }> {
  const bundle = await publishModel(await modelsFolder(), 'tiny', model)
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
  onTestFinished(async () => {
    sessions.closeAll()
    await pool.close()
  })
  return { sessions, live: { bundle, starts: [] } }
}

function startOf({ states, pastActions, batch }: Rollout, row: number): StartWindow {
  const cut = <T extends Float64Array | Float32Array>(data: T) => {
    const width = data.length / batch
    return data.slice(row * width, (row + 1) * width) as T
  }
  return { states: cut(states), actions: cut(pastActions) }
}

/** Steps row `row` of a rollout as a session, its actions over and over. */
async function walk(
  { sessions, live }: Awaited<ReturnType<typeof served>>,
  rollout: Rollout,
  row: number,
  steps: number,
) {
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

test('a session equals the rollout of its actions up to its end', async () => {
  const server = await served()
  const rollout = rolloutOf(model.spec, { batch: 8, seed: 11 })
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
  const server = await served()
  const one = rolloutOf(model.spec, { keys: [4711], seed: 5 })
  const steps = 2 * model.spec.horizon + 3
  const alone = await walk(server, one, 0, steps)
  expect(alone.length).toBeGreaterThan(1)
  const others = rolloutOf(model.spec, { batch: 999, seed: 6 })
  const [among] = await Promise.all([
    walk(server, one, 0, steps),
    ...Array.from({ length: 999 }, (_, row) => walk(server, others, row, 10)),
  ])
  expect(among).toHaveLength(alone.length)
  for (const [t, answer] of among.entries())
    expect(worst(numbersOf(answer), numbersOf(alone[t]!))).toBeLessThan(1e-5)
})
