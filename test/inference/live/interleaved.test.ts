// A session gives the trajectory that it gives alone, whatever else is going on.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import { fakeRunner } from '../fake-runner.ts'
import { actionOf, create, H, open, SIZES, settle, startOf } from './fixture.ts'

const STEPS = 2 * H
const SESSIONS = 24

/** Answers late and out of order, and fails every now and then. */
function roughRunner(): Runner {
  const rng = new Rng('rough')
  const runner = fakeRunner(SIZES)
  return {
    ...runner,
    step: async (digest, plan, row) => {
      for (let turns = rng.int(3); turns > 0; turns--) await settle()
      if (rng.uniform() < 0.1) throw new Error('lost')
      return runner.step(digest, plan, row)
    },
  }
}

const options = (seed: number) => ({ seed, start: startOf(1 + (seed % 3), seed) })

async function alone(seed: number) {
  const sessions = open()
  const { id } = await create(sessions, options(seed))
  const states: number[][] = []
  for (let i = 0; i < STEPS; i++) states.push([...(await sessions.step('me', id, actionOf(i, seed))).state])
  return states
}

test('interleaved sessions, some of whose steps fail, equal sessions alone', async () => {
  const sessions = open(roughRunner())
  const among = Array.from({ length: SESSIONS }, async (_, seed) => {
    const { id } = await create(sessions, options(seed))
    const states: number[][] = []
    while (states.length < STEPS) {
      const stepId = states.length + 1
      const answer = await sessions
        .step('me', id, actionOf(stepId - 1, seed), { stepId })
        .catch(() => undefined)
      if (answer) states.push([...answer.state])
    }
    return states
  })
  const trajectories = await Promise.all(among)
  for (let seed = 0; seed < SESSIONS; seed++) expect(trajectories[seed]).toEqual(await alone(seed))
})
