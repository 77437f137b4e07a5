// A run that learns a policy equals itself, bit for bit: cut off at any point, and on any number of cores.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Progress } from '../../../src/runs/progress.ts'
import { checkpointOf, resultOf } from '../../runs/results.ts'
import { type RunOptions, syntheticConfig, trainSynthetic } from '../../runs/synthetic-run.ts'

const root = mkdtempSync(join(tmpdir(), 'dima-'))
const at = (name: string) => join(root, name)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const config = syntheticConfig()
const train = (name: string, options?: RunOptions) => trainSynthetic(at(name), config, options)

let whole: ReturnType<typeof resultOf>
beforeAll(async () => {
  await train('whole')
  whole = resultOf(at('whole'))
})

/** Does something with the n-th report of a label. */
function when(label: string, n: number, act: () => void) {
  let seen = 0
  return {
    update: (progress: Progress) => {
      if (progress.label === label && ++seen === n) act()
    },
  }
}

const crash = () => {
  throw new Error('killed')
}

test('the run has epochs before and after the policy begins to learn', () => {
  const { epoch, behaviour, learners } = checkpointOf(at('whole'))
  expect(epoch).toBeGreaterThanOrEqual(4)
  expect(behaviour).toMatchObject({ trainedEpochs: epoch, updates: 2 * (epoch - 1) })
  expect(learners.actor!.updates).toBe(5 * behaviour!.updates)
})

test('cut off again and again it ends the same', async () => {
  // before the policy has learned anything
  const first = new AbortController()
  const status = (text: string) => {
    if (text.startsWith('epoch 2')) first.abort()
  }
  expect((await train('cut', { reporter: { status }, signal: first.signal })).finished).toBe(false)
  expect(checkpointOf(at('cut')).epoch).toBe(1)

  // in the middle of the world model's updates
  const killed = train('cut', { reporter: when('epoch 3 trains the model', 8, crash) })
  await expect(killed).rejects.toThrow('killed')
  expect(checkpointOf(at('cut')).epoch).toBe(2)

  // between two imagined batches, when the actor has moved already
  await expect(train('cut', { reporter: when('epoch 3 imagines', 1, crash) })).rejects.toThrow('killed')
  expect(checkpointOf(at('cut')).epoch).toBe(2)

  // asked to stop there
  const stop = new AbortController()
  const reporter = when('epoch 4 imagines', 1, () => stop.abort())
  expect((await train('cut', { reporter, signal: stop.signal })).finished).toBe(false)
  expect(checkpointOf(at('cut')).epoch).toBe(3)

  expect((await train('cut')).finished).toBe(true)
  expect(resultOf(at('cut'))).toEqual(whole)
})

// In a lane's thread the next batches are drawn before it has answered, and checkpoints are written behind the run.
test('stopped in the middle of updates while batches are drawn ahead it ends the same', async () => {
  const stop = new AbortController()
  const reporter = when('epoch 4 trains the model', 7, () => stop.abort())
  expect((await train('ahead', { reporter, signal: stop.signal, cores: 2 })).finished).toBe(false)
  expect(checkpointOf(at('ahead')).epoch).toBe(3)
  expect((await train('ahead', { cores: 2 })).finished).toBe(true)
  expect(resultOf(at('ahead'))).toEqual(whole)
})

test('killed by the machine while it trains it goes on from a whole checkpoint and ends the same', async () => {
  const script = join(import.meta.dirname, '../../runs/killed-run.ts')
  const args = [
    '--import',
    './src/common/typescript.mjs',
    script,
    at('killed'),
    'epoch 3 trains the model',
    '1',
  ]
  const [, signal] = await once(spawn(process.execPath, args), 'exit')
  expect(signal).toBe('SIGKILL')
  expect([1, 2]).toContain(checkpointOf(at('killed')).epoch) // the second may have been in writing
  expect((await train('killed')).finished).toBe(true)
  expect(resultOf(at('killed'))).toEqual(whole)
  expect(readdirSync(at('killed')).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('two cores leave the same checkpoint, metrics and episodes as one', async () => {
  expect((await train('cores', { cores: 2 })).finished).toBe(true)
  expect(resultOf(at('cores'))).toEqual(whole)
})

test('another seed is another run', async () => {
  await trainSynthetic(at('seed'), { ...config, seed: config.seed + 1, steps: 20 })
  const { metrics, episodes } = resultOf(at('seed'))
  expect(metrics[0]).not.toBe(whole.metrics[0])
  expect(episodes[0]).not.toBe(whole.episodes[0])
})
