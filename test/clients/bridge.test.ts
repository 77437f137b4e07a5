// Environments written in Python, served by clients/python/marl_env, stepped from here: the numbers are those of the
// same dynamics computed in TypeScript, to the last bit, and whatever goes wrong over there has a code here.
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { connectBridgeEnv } from '../../src/env/bridge/bridge-env.ts'
import { type BridgeOptions, BridgeVectorEnv } from '../../src/env/bridge/bridge-vector-env.ts'
import { checkParallelEnv } from '../../src/env/contract/check-parallel-env.ts'
import { checkVectorEnv } from '../../src/env/contract/check-vector-env.ts'
import type { PerAgent } from '../../src/env/parallel-env.ts'
import type { VectorEnv, VectorReset, VectorStep } from '../../src/env/vector/vector-env.ts'
import { randomActions } from '../env/vector/random-actions.ts'
import { LIMIT, type MassesStep, PointMasses } from './point-masses.ts'
import { missing, type PythonBridge, servePython } from './python-bridge.ts'

const E = 3
const title = missing ? `environments in Python (skipped: ${missing})` : 'environments in Python'

let toys: PythonBridge
beforeAll(async () => {
  if (!missing) toys = await servePython(['bridge_toys:ALL'])
})
afterAll(() => toys?.stop())

async function connect(env: string, options: Partial<BridgeOptions> = {}, url = toys.url) {
  const copies = await BridgeVectorEnv.connect(url, { env, numEnvs: E, ...options })
  onTestFinished(() => copies.close())
  return copies
}

/** Refused over there; the message says all of it. */
const refusal = (...parts: string[]) =>
  expect.objectContaining({
    code: 'bridge_refused',
    message: expect.stringMatching(new RegExp(parts.map((part) => `(?=.*${part})`).join(''), 's')),
  })

type Row = readonly number[]
const flat = (rows: readonly Row[]) => Float64Array.from(rows.flat())
const single = (row: Row): Row => row.map(Math.fround)
const pick = (places: readonly number[]) => (state: Row) => places.map((i) => state[i]!)

/** One of the served environments: how its agents see a state, and the part of a joint action that pushes copy e. */
interface Form {
  env: string
  views: PerAgent<(state: Row) => Row>
  state: (state: Row) => Row
  force: (actions: PerAgent<Float32Array>, copy: number) => [number, number]
}

const bothPush = (actions: PerAgent<Float32Array>, copy: number): [number, number] => {
  const [one, other] = Object.values(actions).map((values) => values.subarray(2 * copy))
  return [one![0]! + other![0]!, one![1]! + other![1]!]
}

const rowsAdded = ({ agent_0 }: PerAgent<Float32Array>, copy: number): [number, number] => {
  const [a, b, c, d] = agent_0!.subarray(4 * copy) as unknown as [number, number, number, number]
  return [a + c, b + d]
}

const east = pick([0, 2, 1])
const north = pick([1, 3, 0])
const same = (state: Row) => state
const clipped = (state: Row): Row => single(state.map((value) => Math.min(5, Math.max(-5, value))))
const alone = { views: { agent_0: same }, state: same, force: rowsAdded }
const forms: Form[] = [
  { env: 'point_mass', views: { east, north }, state: same, force: bothPush },
  {
    env: 'stateless',
    views: { east, north },
    state: (state) => [...east(state), ...north(state)],
    force: bothPush,
  },
  { env: 'disabled', ...alone },
  { env: 'next_step', ...alone },
  { env: 'same_step', ...alone },
  {
    env: 'hands',
    views: { right: (state) => [...clipped(state), 0], left: (state) => [...clipped(state), 5] },
    state: clipped,
    force: bothPush,
  },
]

/** What copies in these states show. */
function shown({ views, state }: Form, states: readonly Row[]): VectorReset {
  const observations = Object.entries(views).map(([agent, view]) => [agent, flat(states.map(view))])
  return { observations: Object.fromEntries(observations), states: flat(states.map(state)) }
}

/** Actions that a random number decides: drawn, or pulling to the origin so that some episodes terminate. */
function someActions(env: VectorEnv, rng: Rng, states: readonly Row[]): PerAgent<Float32Array> {
  const actions = Object.entries(randomActions(env, rng)).map(([agent, values]) => {
    const size = values.length / E
    const pulled = values.map((value, i) => {
      const [copy, entry] = [Math.floor(i / size), i % 2]
      return copy === 0 ? Math.max(-1, Math.min(1, -states[0]![entry]! - states[0]![entry + 2]!)) : value
    })
    return [agent, new Float32Array(pulled)]
  })
  return Object.fromEntries(actions)
}

/** The answer to a step that left the copies so. */
function answerTo(form: Form, env: VectorEnv, step: MassesStep): VectorStep {
  const agents = Object.keys(form.views)
  const last = shown(
    form,
    step.ended.map(({ state }) => state),
  )
  const final = { copies: Int32Array.from(step.ended, ({ copy }) => copy), ...last }
  return {
    ...shown(form, step.states),
    rewards: Object.fromEntries(agents.map((agent) => [agent, Float64Array.from(step.rewards)])),
    terminations: Uint8Array.from(step.terminations),
    truncations: Uint8Array.from(step.truncations),
    ...(env.autoreset === 'same_step' && step.ended.length > 0 ? { final } : {}),
  }
}

describe.skipIf(missing)(title, () => {
  test.each(forms)('$env has the numbers of its dynamics, to the last bit', async (form) => {
    const env = await connect(form.env)
    const masses = new PointMasses(E, env.autoreset)
    const rng = new Rng('python', form.env)
    // A seed does nothing to copies that share one simulation.
    let states = masses.reset(form.env === 'hands' ? undefined : 40)
    expect(await env.reset({ seed: 40 })).toEqual(shown(form, states))
    const ends = { terminations: 0, truncations: 0 }
    for (let i = 0; i < 60; i++) {
      const actions = someActions(env, rng, states)
      const step = masses.step((copy) => form.force(actions, copy))
      expect(await env.step(actions)).toEqual(answerTo(form, env, step))
      states = step.states
      for (const kind of ['terminations', 'truncations'] as const) ends[kind] += sum(step[kind])
      if (env.autoreset !== 'disabled' || step.ended.length === 0) continue
      const mask = step.terminations.map((flag, copy) => flag | step.truncations[copy]!)
      states = masses.reset(undefined, mask)
      expect(await env.reset({ mask })).toEqual(shown(form, states))
    }
    expect(Math.min(ends.terminations, ends.truncations)).toBeGreaterThan(0)
  })

  test('it is described as the environment describes itself', async () => {
    const env = await connect('point_mass')
    expect(env).toMatchObject({ autoreset: 'disabled', subsetReset: true, deterministic: false, numEnvs: E })
    expect(env.spec).toMatchObject({ name: 'point_mass', episodeLimit: 0, actionLow: -1, actionHigh: 1 })
    expect(env.stateSpace.shape).toEqual([4])
    const hands = await connect('hands')
    expect(hands).toMatchObject({ autoreset: 'next_step_acted', subsetReset: false })
    expect(hands.spec.episodeLimit).toBe(LIMIT)
    expect(hands.observationSpace('left')).toMatchObject({ low: new Float64Array(5).fill(-5), shape: [5] })
  })

  test.each(['point_mass', 'stateless', 'disabled', 'next_step', 'same_step'])(
    '%s keeps the contract of many copies',
    async (name) => {
      const results = await checkVectorEnv(await connect(name), { steps: 60, episodeLimit: LIMIT })
      const together = name.endsWith('step') ? ['the environment resets all copies together'] : []
      expect(results.flatMap(({ skipped }) => skipped ?? [])).toEqual(together)
    },
  )

  test('so do copies that share one simulation, as far as they promise', async () => {
    const options = { steps: 60, deterministic: false }
    expect(await checkVectorEnv(await connect('hands'), options)).not.toHaveLength(0)
  })

  test.each(['point_mass', 'next_step', 'same_step'])('%s is a ParallelEnv, one copy of it', async (name) => {
    const env = await connectBridgeEnv(toys.url, { env: name })
    const results = await checkParallelEnv(env, { steps: 60, episodeLimit: LIMIT })
    expect(results.flatMap(({ skipped }) => skipped ?? [])).toEqual([])
  })

  test('several sessions step beside each other', async () => {
    const envs = await Promise.all([1, 2, 3, 4].map(() => connect('point_mass')))
    const starts = await Promise.all(envs.map((env, i) => env.reset({ seed: 100 * i })))
    for (const [i, start] of starts.entries())
      expect(start.states).toEqual(flat(new PointMasses(E, 'disabled').reset(100 * i)))
  })

  test('many copies come in one answer', async () => {
    const env = await connect('numbers', { numEnvs: 2000 })
    const { states } = await env.reset()
    expect(states).toHaveLength(2000 * 17)
  })
})

describe.skipIf(missing)(`${title}: what goes wrong`, () => {
  const rest = { east: new Float32Array(2 * E), north: new Float32Array(2 * E) }

  test('an exception is told in a line, logged whole, and the next reset goes on', async () => {
    const env = await connect('raises')
    await env.reset()
    for (let i = 0; i < 3; i++) await env.step(rest)
    const error = await env.step(rest).catch((error: unknown) => error)
    expect(error).toEqual(refusal('env_failed', 'copy 0', 'RuntimeError: the mass is lost'))
    expect((error as Error).message).not.toMatch(/Traceback|second line|bridge_toys/)
    await vi.waitFor(() => expect(toys.log()).toMatch(/Traceback.*and so is this second line/s))
    await env.reset()
    expect((await env.step(rest)).terminations).toHaveLength(E)
  })

  test('an agent that leaves before the others is named', async () => {
    const env = await connect('leaves_early')
    await env.reset()
    for (let i = 0; i < 2; i++) await env.step(rest)
    await expect(env.step(rest)).rejects.toEqual(refusal('north left while east goes on'))
  })

  test('an observation of another shape never arrives', async () => {
    const env = await connect('wrong_shape')
    await env.reset()
    await expect(env.step(rest)).rejects.toEqual(refusal('the observation of north', '\\[1, 5\\]'))
  })

  test.each([
    ['discrete', ['the action of north', 'Discrete', 'continuous']],
    ['unready', ['OSError: no such simulator']],
    ['nowhere', ['unknown_env', 'point_mass']],
  ])('%s is not made', async (name, parts) => {
    await expect(connect(name)).rejects.toEqual(refusal(...parts))
  })

  test('an option that the environment does not have is refused by name', async () => {
    await expect(connect('point_mass', { options: { fast: 1 } })).rejects.toEqual(refusal('fast', 'slow'))
  })

  test('a server that is killed in the middle of a step is lost, for good', async () => {
    const python = await servePython(['bridge_toys:point_mass'])
    onTestFinished(() => void python.child.kill('SIGKILL'))
    const env = await connect('point_mass', { options: { slow: 60 } }, python.url)
    await env.reset()
    const step = env.step(rest)
    step.catch(() => {})
    await vi.waitFor(() => expect(python.log()).toContain('stepping'), 20_000)
    python.child.kill('SIGKILL')
    const lost = expect.objectContaining({ code: 'bridge_lost' })
    await expect(step).rejects.toEqual(lost)
    await expect(env.reset()).rejects.toEqual(lost)
    await expect(connect('point_mass', {}, python.url)).rejects.toEqual(lost)
  })

  test('one that is stopped says goodbye and exits cleanly', async () => {
    const python = await servePython(['bridge_toys:point_mass'])
    const env = await connect('point_mass', {}, python.url)
    await env.reset()
    expect(await python.stop()).toBe(0)
    expect(python.log()).not.toContain('Traceback')
    await expect(env.step(rest)).rejects.toMatchObject({ code: 'bridge_lost' })
  })

  test('a token lets in who knows it', async () => {
    const python = await servePython(['bridge_toys:point_mass'], { MARL_ENV_TOKEN: 'secret' })
    onTestFinished(() => void python.stop())
    for (const token of [undefined, 'guess'])
      await expect(connect('point_mass', token ? { token } : {}, python.url)).rejects.toMatchObject({
        code: 'bridge_lost',
        message: expect.stringContaining('401'),
      })
    expect((await connect('point_mass', { token: 'secret' }, python.url)).numEnvs).toBe(E)
  })
})

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
