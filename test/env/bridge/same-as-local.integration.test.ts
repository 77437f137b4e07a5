// A bridged environment is the one behind it, to the last bit.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { connectBridgeEnv } from '../../../src/env/bridge/bridge-env.ts'
import { makeEnv, taskSpec } from '../../../src/env/make-env.ts'
import { makeVectorEnv, type VectorEnvOptions } from '../../../src/env/vector/make-vector-env.ts'
import type { VectorEnv, VectorResetOptions } from '../../../src/env/vector/vector-env.ts'
import { randomActions } from '../vector/random-actions.ts'
import { connect, MODES, serve, servedAs, serveToys, toys } from './served.ts'

/** Everything that both say along a random trajectory, with resets by mask where copies wait for them. */
async function expectSame(local: VectorEnv, bridged: VectorEnv, steps: number): Promise<void> {
  const rng = new Rng('bridge')
  const both = async (options: VectorResetOptions) =>
    expect(await bridged.reset(options)).toEqual({ ...(await local.reset(options)), info: undefined })
  await both({ seed: 11 })
  let ends = 0
  for (let i = 0; i < steps; i++) {
    const actions = randomActions(local, rng)
    const expected = await local.step(actions)
    expect(await bridged.step(actions)).toEqual({ ...expected, info: undefined })
    const over = expected.terminations.map((flag, copy) => flag | expected.truncations[copy]!)
    if (over.includes(1)) ends++
    if (over.includes(1) && local.autoreset === 'disabled') await both({ mask: over })
  }
  expect(ends).toBeGreaterThan(0)
  await both({ seed: Uint32Array.from({ length: local.numEnvs }, (_, copy) => 2 ** 32 - 1 - copy) })
  await both({ mask: Array.from({ length: local.numEnvs }, (_, copy) => copy % 2), seed: 2 ** 40 })
}

test.each(MODES)('toys under autoreset %s', async (autoreset) => {
  const url = await serveToys(autoreset)
  await expectSame(toys(autoreset), await connect(url, { numEnvs: 3 }), 40)
})

const walker = 'Walker2d-2x3-v1' // falls soon, so episodes end at different times
const cases: VectorEnvOptions[] = [
  { numEnvs: 1, workers: 0, autoreset: 'disabled' },
  { numEnvs: 5, workers: 0, autoreset: 'next_step' },
  { numEnvs: 5, workers: 0, autoreset: 'same_step' },
  { numEnvs: 4, workers: 2, autoreset: 'disabled' },
  { numEnvs: 4, workers: 2, autoreset: 'same_step' },
]

test.each(cases)('walkers: $numEnvs copies, $workers workers, autoreset $autoreset', async (options) => {
  const url = await serve({
    make: async (env, { numEnvs }) =>
      servedAs(await makeVectorEnv(env, { ...options, numEnvs, copy: false }), taskSpec(env)),
  })
  const local = await makeVectorEnv(walker, { ...options, workers: 0 })
  const bridged = await connect(url, { env: walker, numEnvs: options.numEnvs })
  await expectSame(local, bridged, 120)
  await local.close()
})

test('one walker as a ParallelEnv, whatever the server does after an end', async () => {
  for (const autoreset of ['disabled', 'next_step', 'same_step'] as const) {
    const url = await serve({
      make: async (env, { numEnvs }) =>
        servedAs(await makeVectorEnv(env, { numEnvs, autoreset }), taskSpec(env)),
    })
    const [local, bridged] = [await makeEnv(walker), await connectBridgeEnv(url, { env: walker })]
    const rng = new Rng('one')
    for (const seed of [5, undefined, undefined, 9]) {
      const options = seed === undefined ? {} : { seed }
      expect(await bridged.reset(options)).toEqual(local.reset(options))
      while (local.agents.length > 0) {
        const actions = Object.fromEntries(
          local.agents.map((agent) => [agent, Array.from({ length: 3 }, () => 2 * rng.uniform() - 1)]),
        )
        expect(await bridged.step(actions)).toEqual(local.step(actions))
        expect(bridged.state()).toEqual(local.state())
        expect(bridged.agents).toEqual(local.agents)
      }
    }
    local.close()
    await bridged.close()
  }
})

test('a bridge behind a bridge', async () => {
  const inner = await serveToys('same_step')
  const outer = await serve({ make: (_, { numEnvs }) => connect(inner, { numEnvs }) })
  await expectSame(toys('same_step'), await connect(outer, { numEnvs: 3 }), 20)
})
