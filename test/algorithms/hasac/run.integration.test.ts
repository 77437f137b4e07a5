// A whole run; one that was cut off and goes on equals one that never was, bit for bit, with its replay.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { TASK } from '../../runs/fixture.ts'
import { at, wholeRuns } from '../whole-runs.ts'

// Eight epochs of 60 steps: two play at random, six make six updates each. The replay keeps five of them.
const FLAGS = ['--algorithm', 'hasac', '--task', TASK, '--preset', 'debug', '--steps', '480', '--seed', '5']
const SET = 'capacity=300,nStep=30,evaluation.episodes=1'

const { root, train, fileOf, linesOf, resultOf } = wholeRuns(...FLAGS, '--set', SET)
const said: string[] = []

beforeAll(() => train('whole', { status: (text) => void said.push(text) }))

test('after the warm-up every epoch makes its updates of all networks', () => {
  const updates = linesOf('whole').filter(({ network }) => network)
  expect(updates.map(({ epoch, steps, network, update }) => [epoch, steps, network, update])).toEqual(
    [3, 4, 5, 6, 7, 8].flatMap((epoch) =>
      ['actor_0', 'actor_1', 'critic'].map((network) => [epoch, 60 * epoch, network, 6 * (epoch - 2)]),
    ),
  )
  for (const { loss, temperature } of updates) expect([loss, temperature].every(Number.isFinite)).toBe(true)
})

test('the warm-up is said to be one', () => {
  expect(said).toContain('epoch 2 warms up with random actions, 60 of 120 steps')
  expect(said).toContain('epoch 3 plays, 120 of 480 steps')
})

test('the replay is in files of its own, no more than can be asked for; the checkpoint has none of it', () => {
  const files = readdirSync(fileOf('whole', 'replay')).sort()
  expect(files).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'].map((name) => `${name}.msgpack`))
  const { checkpoint } = resultOf('whole') as unknown as { checkpoint: Record<string, unknown> }
  expect(Object.keys(checkpoint).sort()).toEqual([
    'algorithm',
    'copies',
    'environmentSteps',
    'epoch',
    'seconds',
    'updates',
  ])
  expect(statSync(fileOf('whole', 'replay/1.msgpack')).size).toBeLessThan(20_000)
})

test('killed it goes on as if not', async () => {
  const crash = at('epoch 6 of 8', () => {
    throw new Error('killed')
  })
  await expect(train('killed', { update: crash })).rejects.toThrow('killed')
  const { finished, notes } = await train('killed')
  expect(finished).toBe(true)
  expect(notes).toContain('resumed after epoch 5, 300 environment steps')
  expect(resultOf('killed')).toEqual(resultOf('whole'))
})

test('one whose replay was damaged names the file', async () => {
  const path = join(root, 'killed', 'replay', '7.msgpack')
  const bytes = readFileSync(path)
  bytes[bytes.length - 5]! ^= 1
  writeFileSync(path, bytes)
  await expect(train('killed', { flags: ['--steps', '540'] })).rejects.toThrow('7.msgpack is damaged')
})
