// A whole run of MAMBA, from its first episode to a bundle that a server would take; one that was cut off equals one that never
// was, bit for bit.
import '@tensorflow/tfjs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { parseFlags } from '../../../src/common/config.ts'
import { EvaluateFlags, evaluateCommand } from '../../../src/evaluation/command.ts'
import { readTrainedModel } from '../../../src/evaluation/trained-model.ts'
import { ExportFlags, exportCommand } from '../../../src/export/command.ts'
import { openRepository } from '../../../src/registry/repository.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { at, wholeRuns } from '../whole-runs.ts'

// Walkers that fall soon: an episode an epoch.
const FLAGS = [
  '--algorithm',
  'mamba',
  '--task',
  'Walker2d-2x3',
  '--preset',
  'debug',
  '--steps',
  '250',
  '--seed',
  '5',
]
const SET = 'warmupSteps=20,evaluation.everySteps=100,evaluation.episodes=1'

const { root, train, linesOf, resultOf } = wholeRuns(...FLAGS, '--set', SET)
const folder = (name: string) => join(root, name)

beforeAll(() => train('whole'))

test('learns all three networks after every episode', () => {
  const lines = linesOf('whole')
  const last = lines.at(-1)!.epoch as number
  expect(last).toBeGreaterThan(3)
  const updates = (network: string) => lines.filter((line) => line.network === network).at(-1)!.update
  const learned = new Set(lines.filter((line) => line.network === 'actor').map(({ epoch }) => epoch)).size
  expect([updates('world'), updates('actor'), updates('critic')]).toEqual([3 * learned, learned, learned])
  for (const line of lines) expect(Object.values(line).every((value) => value !== null)).toBe(true)
})

test('killed, stopped and on other cores it goes on as if not', async () => {
  const crash = at('epoch 2 imagines', () => {
    throw new Error('killed')
  })
  await expect(train('cut', { update: crash })).rejects.toThrow('killed')
  const stop = new AbortController()
  const stopped = await train('cut', {
    update: at('epoch 3 trains the model', () => stop.abort()),
    signal: stop.signal,
  })
  expect(stopped.finished).toBe(false)
  expect((await train('cut', { flags: ['--cores', '2'] })).finished).toBe(true)
  expect(resultOf('cut')).toEqual(resultOf('whole'))
})

test('its model is scored, exported and taken by a registry', async () => {
  const run = folder('whole')
  const model = await readTrainedModel(run)
  expect(model.spec.kind).toBe('mamba')
  const text = await evaluateCommand(
    parseFlags(EvaluateFlags, ['--run', run, '--episodes', '4', '--segments', '5', '--weights', 'float32']),
  )
  expect(text).toContain('latent')
  expect(text).toContain('return with mean actions')
  const models = folder('models')
  const flags = ['--run', run, '--name', 'walker', '--models', models, '--weights', 'float32']
  await exportCommand(parseFlags(ExportFlags, flags), () => {})
  const repository = await openRepository(models, KINDS)
  expect(repository.refused).toEqual([])
  expect(repository.resolve('walker').manifest).toMatchObject({ kind: 'mamba', latent: { deter: 32 } })
})
