// What bench:host times: rollouts around an engine whose answers lie ready.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { purposesOf } from '../../scripts/bench/host/purposes.ts'
import { stubSimulator } from '../../scripts/bench/host/stub-engine.ts'
import { randomRollout } from '../../scripts/bench/rollout/workload.ts'
import type { Manifest } from '../../src/registry/manifest.ts'
import { asDima } from '../../src/worlds/dima/serve/spec.ts'
import type { Trajectories } from '../../src/worlds/rollout.ts'

const manifest: Manifest = JSON.parse(readFileSync('models/halfcheetah-2x3/2/manifest.json', 'utf8'))
const spec = asDima(manifest)
/** More than are embedded in one call. */
const ROWS = 300
const rollout = randomRollout(spec, 'joint', ROWS)

test('a rollout has every number, finite, and ends are drawn', async () => {
  const whole = await stubSimulator(manifest, ROWS * rollout.horizon).rollout(rollout)
  const steps = ROWS * rollout.horizon
  expect(whole.states).toHaveLength(steps * spec.state.length)
  expect(whole.observations).toHaveLength(steps * spec.agents.length * spec.observation.length)
  expect(whole.states.every(Number.isFinite)).toBe(true)
  const ends = whole.terminations.reduce((sum, end) => sum + end, 0)
  expect(ends).toBeGreaterThan(0)
  expect(ends).toBeLessThan(steps)
})

test('chunks are cut and joined to as many rows as there were', async () => {
  const simulator = stubSimulator(manifest, ROWS * rollout.horizon)
  const { splitting, ...others } = await purposesOf(spec, simulator, rollout)
  for (const work of Object.values(others)) await work()
  const joined = splitting!() as Trajectories
  expect(joined.rewards).toHaveLength(ROWS * rollout.horizon)
  expect(joined.lengths).toHaveLength(ROWS)
})
