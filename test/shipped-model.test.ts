// The model in models/ is whole, serves README's request as it stands there, and imagines what MuJoCo really did.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Simulator } from '../src/inference/simulator/simulator.ts'
import { GRAPH_NAMES } from '../src/inference/simulator/spec.ts'
import { type Bundle, readExamples, readGraph, readStarts } from '../src/registry/load.ts'
import { openRepository, type Repository } from '../src/registry/repository.ts'
import { buildApp } from '../src/server/app.ts'
import { staticCatalog } from '../src/server/catalog.ts'
import { stepErrors } from '../src/training/evaluation/step-errors.ts'
import { noRunner, noSessions } from './inference/fake-runner.ts'
import { checkOnnx, missingChecker } from './onnx-checker.ts'

const root = resolve(import.meta.dirname, '..')
let repository: Repository
let bundle: Bundle
let simulator: Simulator

beforeAll(async () => {
  repository = await openRepository(resolve(root, 'models'))
  bundle = repository.resolve('halfcheetah-2x3@stable')
  simulator = await Simulator.open(bundle.manifest, (name) => readGraph(bundle, name))
})
afterAll(() => simulator.close())

/** The app with the simulator in this process in place of the executors. */
const app = () =>
  buildApp({
    catalog: staticCatalog(repository),
    sessions: noSessions,
    runner: {
      ...noRunner,
      rollout: async (_, rollout) => ({ ...(await simulator.rollout(rollout)), queueMs: 0 }),
    },
    config: { BODY_LIMIT_BYTES: 1 << 24, MAX_BATCH: 1024, MAX_STREAM_HORIZON: 100 },
  })

async function imagine(body: unknown) {
  const reply = await app().inject({ method: 'POST', url: '/rollout', payload: body as object })
  expect(reply.statusCode).toBe(200)
  return reply.json()
}

test('nothing in models/ is refused', () => {
  expect(repository.refused).toEqual([])
})

test.skipIf(missingChecker)("its graphs pass ONNX's checker", async () => {
  for (const name of GRAPH_NAMES) checkOnnx(await readGraph(bundle, name))
})

test('it brings start states that the environment draws: small, near rest, all different', async () => {
  const starts = await readStarts(bundle)
  expect(starts).toHaveLength(64)
  expect(new Set(starts.map(({ states }) => String(states))).size).toBe(64)
  for (const { states } of starts) expect(Math.max(...states[0]!.map(Math.abs))).toBeLessThan(0.6)
  expect(statSync(resolve(bundle.directory, 'starts.json')).size).toBeLessThan(30_000)
})

test("README's curl request works as pasted", async () => {
  const readme = readFileSync(resolve(root, 'README.md'), 'utf8')
  const pasted = /curl [^\n]*rollout[^\n]* -d '([^']+)'/.exec(readme)?.[1]
  const answer = await imagine(JSON.parse(pasted!))
  expect(answer.states[0]).toHaveLength(3)
  expect(Object.keys(answer.observations)).toEqual(['agent_0', 'agent_1'])
})

test('it stays near what really happened, in states and rewards', async () => {
  const { mean, std } = bundle.manifest.normalisation
  const [H, S] = [bundle.manifest.horizon, mean.length]
  const all = { states: series(), still: [] as number[], rewards: series() }
  for (const { starts, actions, trueStates, trueRewards } of await readExamples(bundle)) {
    const answer = await imagine({ starts, actions, seed: 11 })
    add(all.states, answer.states.flat(2), trueStates.flat(2))
    add(all.rewards, answer.rewards.flat(), trueRewards.flat())
    all.still.push(...starts.flatMap(({ states }) => Array.from({ length: H }, () => states.at(-1)!)).flat())
    expect(answer.terminations.flat(2)).not.toContain(true) // HalfCheetah never ends
  }
  const imagined = stepErrors(all.states.imagined, all.states.real, H, S, std)
  const persistence = stepErrors(all.still, all.states.real, H, S, std)
  expect(imagined[0]).toBeLessThan(0.25 * persistence[0]!)
  expect(imagined[H - 1]).toBeLessThan(0.4 * persistence[H - 1]!)
  const { real } = all.rewards
  const average = real.reduce((a, b) => a + b, 0) / real.length
  const constant = distance(
    real,
    real.map(() => average),
  )
  expect(distance(real, all.rewards.imagined)).toBeLessThan(0.8 * constant)
})

interface Series {
  imagined: number[]
  real: number[]
}
const series = (): Series => ({ imagined: [], real: [] })

function add(to: Series, imagined: number[], real: number[]): void {
  to.imagined.push(...imagined)
  to.real.push(...real)
}

const distance = (a: number[], b: number[]): number => stepErrors(a, b, 1, a.length)[0]!

test('its policy acts in closed loop', async () => {
  const [start] = await readStarts(bundle)
  const answer = await imagine({ starts: [start], policy: { mode: 'mean' }, horizon: 15, seed: 1 })
  expect(answer.actions[0]).toHaveLength(15)
  const { policy } = bundle.manifest.scores
  expect(policy?.meanActions.mean).toBeGreaterThan(1500)
})

test('the card gives error and cost of every plan', () => {
  const { plans } = bundle.manifest.scores
  expect(new Set(plans.map(({ plan }) => plan))).toEqual(new Set(['joint', 'progressive', 'sequential']))
  for (const score of plans) {
    expect(score.cumulativeStateL1).toHaveLength(bundle.manifest.horizon)
    expect(score.millisecondsPerStep).toBeGreaterThan(0)
  }
})
