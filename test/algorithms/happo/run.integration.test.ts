// A whole run; one that was cut off and goes on equals one that never was, bit for bit.
import '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { TASK } from '../../runs/fixture.ts'
import { at, wholeRuns } from '../whole-runs.ts'

// Six iterations of 60 steps, which end in the middle of all copies' episodes.
const FLAGS = ['--algorithm', 'happo', '--task', TASK, '--preset', 'debug', '--steps', '360', '--seed', '5']
const SET = 'stepsPerCopy=20,ppo.minibatches=2,evaluation.episodes=1'

const { train, linesOf, resultOf } = wholeRuns(...FLAGS, '--set', SET)

beforeAll(() => train('whole'))

test('every agent has an actor of its own, and learns in an order that is drawn anew', () => {
  const updates = linesOf('whole').filter(({ network }) => network)
  expect(updates.map(({ epoch, network, update }) => [epoch, network, update])).toEqual(
    [1, 2, 3, 4, 5, 6].flatMap((epoch) =>
      ['actor_0', 'actor_1', 'critic'].map((network) => [epoch, network, 4 * epoch]),
    ),
  )
  const [first, second] = ['actor_0', 'actor_1'].map((name) =>
    updates.filter(({ network }) => network === name),
  )
  expect(first!.map(({ turn }, i) => [turn, second![i]!.turn].toSorted())).toEqual(Array(6).fill([0, 1]))
  expect(new Set(first!.map(({ turn }) => turn))).toEqual(new Set([0, 1]))
  for (const { turn, factor_mean } of [...first!, ...second!])
    expect(Math.abs(Number(factor_mean) - 1)).toBeLessThan(turn === 0 ? 1e-9 : 0.2)
})

test('killed it goes on as if not, on other cores', async () => {
  const crash = at('epoch 4 of 6', () => {
    throw new Error('killed')
  })
  await expect(train('killed', { update: crash })).rejects.toThrow('killed')
  const { finished, notes } = await train('killed', { flags: ['--cores', '2'] })
  expect(finished).toBe(true)
  expect(notes).toContain('resumed after epoch 3, 180 environment steps')
  expect(resultOf('killed')).toEqual(resultOf('whole'))
})
