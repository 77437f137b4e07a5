// Whole runs by their flags; one that was cut off and goes on equals one that never was, bit for bit.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { readTrainedModel } from '../../../src/evaluation/trained-model.ts'
import { loadCheckpoint } from '../../../src/runs/checkpoint.ts'
import { serveTask } from '../../episodes/sources/served.ts'
import { TASK } from '../../runs/fixture.ts'
import { at, wholeRuns } from '../whole-runs.ts'

// Six iterations of 150 steps: each ends in the middle of all three copies' episodes. Evaluated after 450 and 900.
const FLAGS = ['--algorithm', 'mappo', '--task', TASK, '--preset', 'debug', '--steps', '900', '--seed', '5']
const EVALUATION = 'evaluation.everySteps=450,evaluation.episodes=1'

const { root, train, fileOf, linesOf, resultOf } = wholeRuns(...FLAGS, '--set', EVALUATION)

beforeAll(() => train('whole'))

/** Runs until an iteration has learned, then does something. */
const after = (epoch: number, act: () => void) => at(`epoch ${epoch} of 6`, act)

test('every iteration improves both networks with all passes, and evaluates when it is due', () => {
  const lines = linesOf('whole')
  const updates = lines.filter(({ network }) => network)
  expect(updates.map(({ epoch, steps, network, update }) => [epoch, steps, network, update])).toEqual(
    [1, 2, 3, 4, 5, 6].flatMap((epoch) =>
      ['actor', 'critic'].map((network) => [epoch, 150 * epoch, network, 2 * epoch]),
    ),
  )
  for (const { network, loss, grad_norm, entropy } of updates) {
    expect([loss, grad_norm].every(Number.isFinite)).toBe(true)
    expect(entropy !== undefined).toBe(network === 'actor')
  }
  const evaluations = lines.filter(({ evaluation_return }) => evaluation_return !== undefined)
  expect(evaluations.map(({ epoch, steps }) => [epoch, steps])).toEqual([
    [3, 450],
    [6, 900],
  ])
  expect(lines.filter(({ seconds }) => seconds !== undefined).length).toBe(6)
})

test('both networks have changed', () => {
  const { algorithm } = loadCheckpoint<{ algorithm: { learners: Record<string, { m: Float32Array[] }> } }>(
    fileOf('whole', 'checkpoint.msgpack'),
  )!
  for (const name of ['actor', 'critic'])
    expect(algorithm.learners[name]!.m.every((bucket) => bucket.some((value) => value !== 0))).toBe(true)
})

test('stopped by a signal it loses one iteration, and goes on as if not stopped', async () => {
  const stop = new AbortController()
  const stopped = await train('stopped', { update: after(3, () => stop.abort()), signal: stop.signal })
  expect(stopped.finished).toBe(false)
  expect(loadCheckpoint<{ epoch: number }>(fileOf('stopped', 'checkpoint.msgpack'))!.epoch).toBe(2)
  const { finished, notes } = await train('stopped')
  expect(finished).toBe(true)
  expect(notes).toContain('resumed after epoch 2, 300 environment steps')
  expect(resultOf('stopped')).toEqual(resultOf('whole'))
})

test('killed with half a line written it goes on as if not, on other cores', async () => {
  const crash = after(5, () => {
    throw new Error('killed')
  })
  await expect(train('killed', { update: crash })).rejects.toThrow('killed')
  appendFileSync(fileOf('killed', 'metrics.jsonl'), '{"epoch":5,"netw')
  expect((await train('killed', { flags: ['--cores', '2'] })).finished).toBe(true)
  expect(resultOf('killed')).toEqual(resultOf('whole'))
})

test('a finished run does nothing more', async () => {
  const crash = () => {
    throw new Error('went on')
  }
  expect((await train('whole', { update: crash })).finished).toBe(true)
})

test('whoever wants its world model is told that there is none', async () => {
  await expect(readTrainedModel(join(root, 'whole'))).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('has no world model: it is a run of mappo'),
  })
})

test('behind a bridge it plays the same, and goes on the same after its server was lost', async () => {
  const flags = ['--steps', '450']
  await train('here', { flags })
  const server = await serveTask((step) => {
    if (step === 75) void server.close() // in the second of three iterations
  })
  const there = (url: string) => train('there', { flags: [...flags, '--env', url, '--task', TASK] })
  await expect(there(server.url)).rejects.toMatchObject({ code: 'bridge_lost' })
  const again = await serveTask()
  expect((await there(again.url)).notes).toContain('resumed after epoch 1, 150 environment steps')
  const played = ({ metrics }: ReturnType<typeof resultOf>) => metrics
  expect(played(resultOf('there'))).toEqual(played(resultOf('here')))
})
