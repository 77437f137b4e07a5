// Three executors are ended in the middle of steps, one of them by a wedge: a short version of npm run reliability.
import { expect, test } from 'vitest'
import { runKills } from '../../loadtest/reliability/kill.ts'
import { DEFAULT_VERSION, defaultModel } from '../default-model.ts'

test('sessions go on when executors are killed and stopped, and nothing is lost or done twice', async () => {
  const models = defaultModel([DEFAULT_VERSION]) // each new executor loads them all
  const report = await runKills({ kills: 3, wedgeEvery: 3, sessions: 8, seed: 1, models, log: () => {} })
  expect(report.failures).toEqual([])
  expect(report).toMatchObject({
    killed: { count: 2 },
    wedged: { count: 1 },
    sessions: { socket: 6, rest: 2 },
  })
  expect(report.commits).toBeGreaterThan(8 * 2 * 15)
})
