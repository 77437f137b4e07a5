// Environments written in Python, served by clients/python/marl_env, stepped from here: the numbers are those of the
// same dynamics computed in TypeScript, to the last bit.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { connectBridgeEnv } from '../../src/env/bridge/bridge-env.ts'
import { BridgeVectorEnv } from '../../src/env/bridge/bridge-vector-env.ts'
import { checkParallelEnv } from '../../src/env/contract/check-parallel-env.ts'
import { checkVectorEnv } from '../../src/env/contract/check-vector-env.ts'
import { LIMIT, PointMasses } from './point-masses.ts'
import { missing, type PythonBridge, servePython } from './python-bridge.ts'
import { answerTo, E, flat, forms, shown, someActions } from './served-forms.ts'

const title = missing ? `environments in Python (skipped: ${missing})` : 'environments in Python'

let toys: PythonBridge
beforeAll(async () => {
  if (!missing) toys = await servePython(['bridge_toys:ALL'])
})
afterAll(() => toys?.stop())

async function connect(env: string, numEnvs = E) {
  const copies = await BridgeVectorEnv.connect(toys.url, { env, numEnvs })
  onTestFinished(() => copies.close())
  return copies
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

  test.each(['point_mass', 'stateless', 'disabled', 'next_step', 'same_step', 'discrete', 'mixed'])(
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

  test('a choice that was made here moves what it moves there', async () => {
    const env = await connect('discrete', 1)
    expect(env.spec.agents.map(({ choices }) => choices)).toEqual([undefined, [5]])
    await env.reset({ seed: 3 })
    const masses = new PointMasses(1, env.autoreset)
    masses.reset(3)
    const { states } = await env.step({ east: [0, 0], north: [0, 0, 0, 0, 1] }) // +y
    expect([...states]).toEqual([...masses.step(() => [0, 1]).states[0]!])
  })

  test.each(['point_mass', 'next_step', 'same_step', 'mixed'])(
    '%s is a ParallelEnv, one copy of it',
    async (name) => {
      const env = await connectBridgeEnv(toys.url, { env: name })
      const results = await checkParallelEnv(env, { steps: 60, episodeLimit: LIMIT })
      expect(results.flatMap(({ skipped }) => skipped ?? [])).toEqual([])
    },
  )

  test('several sessions step beside each other', async () => {
    const envs = await Promise.all([1, 2, 3, 4].map(() => connect('point_mass')))
    const starts = await Promise.all(envs.map((env, i) => env.reset({ seed: 100 * i })))
    for (const [i, start] of starts.entries())
      expect(start.states).toEqual(flat(new PointMasses(E, 'disabled').reset(100 * i)))
  })

  test('many copies come in one answer', async () => {
    const env = await connect('numbers', 2000)
    const { states } = await env.reset()
    expect(states).toHaveLength(2000 * 17)
  })
})

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
