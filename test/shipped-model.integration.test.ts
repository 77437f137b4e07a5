// The model in models/ is whole, serves README's request as it stands there, and imagines what MuJoCo really did.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '../loadtest/reliability/server-process.ts'
import { answersOf } from '../scripts/same-answers/questions.ts'
import { type RecordedAnswers, thin } from '../scripts/same-answers/recorded.ts'
import { stepErrors } from '../src/evaluation/step-errors.ts'
import { type Bundle, readExamples, readGraphs, readStarts } from '../src/registry/load.ts'
import { openRepository, type Repository } from '../src/registry/repository.ts'
import { buildApp } from '../src/server/app.ts'
import { staticCatalog } from '../src/server/catalog.ts'
import { KINDS } from '../src/worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../src/worlds/open-simulator.ts'
import { defaultModel } from './default-model.ts'
import { noRunner, noSessions } from './inference/fake-runner.ts'
import { checkOnnx, missingChecker } from './onnx-checker.ts'

const root = resolve(import.meta.dirname, '..')
let repository: Repository
let bundle: Bundle
let simulators: Map<string, OpenSimulator> // by digest

beforeAll(async () => {
  repository = await openRepository(resolve(root, 'models'), KINDS)
  bundle = repository.resolve('halfcheetah-2x3@stable')
  const open = async (one: Bundle): Promise<[string, OpenSimulator]> => [
    one.digest,
    await openSimulator(KINDS, one.manifest, await readGraphs(one)),
  ]
  const opened = [...repository.names(), 'halfcheetah-2x3@1'].map((name) => open(repository.resolve(name)))
  simulators = new Map(await Promise.all(opened))
})
afterAll(async () => {
  for (const simulator of simulators.values()) await simulator.close()
})

/** The app with the simulator in this process in place of the executors. */
const app = () =>
  buildApp({
    catalog: staticCatalog(repository, KINDS),
    sessions: noSessions,
    runner: {
      ...noRunner,
      rollout: async (digest, rollout) => ({
        ...(await simulators.get(digest)!.rollout(rollout)),
        queueMs: 0,
      }),
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
  for (const bytes of Object.values(await readGraphs(bundle))) checkOnnx(bytes)
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

test('version 1 stays near what really happened, example by example', async () => {
  const first = repository.resolve('halfcheetah-2x3@1')
  const { std } = first.manifest.normalisation
  for (const { starts, actions, trueStates, trueRewards } of await readExamples(first)) {
    const { states, rewards, terminations } = await asRollout(first, { starts, actions })
    const [B, H, S] = [actions.length, actions[0]!.length, std.length]
    const truth = trueStates.flat(2)
    const imagined = stepErrors(states, truth, H, S, std)
    const persistence = stepErrors(stillOf(starts, H), truth, H, S, std)
    expect(imagined[0]).toBeLessThan(0.25 * persistence[0]!)
    expect(imagined[H - 1]).toBeLessThan(0.4 * persistence[H - 1]!)
    expect(stepErrors(rewards, trueRewards.flat(), 1, B * H)[0]).toBeLessThan(0.3)
    expect(terminations).not.toContain(true) // HalfCheetah never ends
  }
})

test('the stable version stays near what its policy really did, all examples taken together', async () => {
  const { mean, std } = bundle.manifest.normalisation
  const [H, S] = [bundle.manifest.horizon, mean.length]
  const all = { states: series(), still: [] as number[], rewards: series() }
  for (const { starts, actions, trueStates, trueRewards } of await readExamples(bundle)) {
    const { states, rewards, terminations } = await asRollout(bundle, { starts, actions })
    add(all.states, states, trueStates.flat(2))
    add(all.rewards, rewards, trueRewards.flat())
    all.still.push(...stillOf(starts, H))
    expect(terminations).not.toContain(true)
  }
  const imagined = stepErrors(all.states.imagined, all.states.real, H, S, std)
  const persistence = stepErrors(all.still, all.states.real, H, S, std)
  expect(imagined[0]).toBeLessThan(0.25 * persistence[0]!)
  expect(imagined[H - 1]).toBeLessThan(0.4 * persistence[H - 1]!)
  const { real } = all.rewards
  const average = real.reduce((a, b) => a + b, 0) / real.length
  const constant = real.map(() => average)
  expect(distance(real, all.rewards.imagined)).toBeLessThan(0.8 * distance(real, constant))
})

test('a request without a name means the default, and every other model, too, beats standing still', async () => {
  expect(repository.resolve().name).toBe('halfcheetah-2x3')
  const others = repository.names().filter((name) => name !== 'halfcheetah-2x3')
  expect(others.length).toBeGreaterThan(0)
  for (const name of others) {
    const model = repository.resolve(name)
    const H = model.manifest.horizon
    const { std } = model.manifest.normalisation
    const all = { states: series(), still: [] as number[] }
    for (const { starts, actions, trueStates } of await readExamples(model)) {
      add(all.states, (await asRollout(model, { starts, actions })).states, trueStates.flat(2))
      all.still.push(...stillOf(starts, H))
    }
    const imagined = stepErrors(all.states.imagined, all.states.real, H, std.length, std)
    const persistence = stepErrors(all.still, all.states.real, H, std.length, std)
    expect(imagined[0], name).toBeLessThan(0.8 * persistence[0]!)
    expect(imagined[H - 1], name).toBeLessThan(0.8 * persistence[H - 1]!)
  }
})

type Example = Awaited<ReturnType<typeof readExamples>>[number]

async function asRollout(
  { name, version }: Bundle,
  { starts, actions }: Pick<Example, 'starts' | 'actions'>,
) {
  const answer = await imagine({ model: `${name}@${version}`, starts, actions, seed: 11 })
  return {
    states: answer.states.flat(2) as number[],
    rewards: answer.rewards.flat() as number[],
    terminations: answer.terminations.flat(2) as boolean[],
  }
}

/** Nothing changes: the last state of each start, H times. */
const stillOf = (starts: Example['starts'], H: number): number[] =>
  starts.flatMap(({ states }) => Array.from({ length: H }, () => states.at(-1)!)).flat()

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

/** Processors add in different orders; that moves no more than asking with actions moved by 1e-5 does, measured as 4e-4. */
const TOLERANCE = 1e-3
/** The decoder rounds to levels: on the border between two, a last bit decides. */
const OTHER_LEVELS = 0.01

test('both versions answer as they were recorded to: every plan, a policy, a stream, 40 live steps, an old snapshot', async () => {
  const recorded: RecordedAnswers = JSON.parse(
    readFileSync(resolve(root, 'test/data/shipped-answers.json'), 'utf8'),
  )
  const server = await startServer({ settings: { EXECUTORS: '1', MODELS: defaultModel() } })
  try {
    const answers = thin((await answersOf(server.url, recorded.snapshots)).answers)
    for (const [question, values] of Object.entries(recorded.answers)) {
      expect(answers[question], question).toHaveLength(values.length)
      const away = values.filter((value, i) => !isNear(value, answers[question]![i]))
      expect(away.length, question).toBeLessThanOrEqual(OTHER_LEVELS * values.length)
    }
  } finally {
    await server.stop()
  }
})

const isNear = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' ? Math.abs(a - Number(b)) <= TOLERANCE * (1 + Math.abs(a)) : a === b
