// A whole run of MARIE, from its first episode to a bundle that a server would take; one that was cut off equals one that never
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

// An epoch is an episode of 1,000 steps.
const RUN = ['--algorithm', 'marie', '--task', 'HalfCheetah-2x3', '--preset', 'debug']
const SET = 'evaluation.everySteps=10000,evaluation.episodes=1'
const { root, train, linesOf, resultOf } = wholeRuns(...RUN, '--steps', '4000', '--seed', '5', '--set', SET)

beforeAll(() => train('whole'))

test('learns its networks one after the other as the epochs go on', () => {
  const lines = linesOf('whole')
  const of = (network: string) => lines.filter((line) => line.network === network)
  const networks = ['tokenizer', 'world', 'actor', 'critic']
  expect(networks.map((network) => of(network)[0]!.epoch)).toEqual([1, 2, 3, 3])
  expect(networks.map((network) => of(network).at(-1)!.update)).toEqual([4 * 3, 3 * 2, 2, 2])
  for (const line of lines) expect(Object.values(line).every((value) => value !== null)).toBe(true)
})

test('stopped in the midst of an epoch it goes on, on other cores, as if not', async () => {
  const stop = new AbortController()
  const update = at('epoch 4 trains the world', () => stop.abort())
  expect((await train('cut', { update, signal: stop.signal })).finished).toBe(false)
  expect((await train('cut', { flags: ['--cores', '2'] })).finished).toBe(true)
  expect(resultOf('cut')).toEqual(resultOf('whole'))
})

test('its model is scored, exported and taken by a registry', async () => {
  const run = join(root, 'whole')
  expect((await readTrainedModel(run)).spec.kind).toBe('marie')
  const short = ['--episodes', '2', '--segments', '5', '--weights', 'float32']
  const text = await evaluateCommand(parseFlags(EvaluateFlags, ['--run', run, ...short]))
  expect(text).toContain('tokens')
  expect(text).toContain('return with mean actions')
  const models = join(root, 'models')
  const flags = ['--run', run, '--name', 'cheetah', '--models', models, '--weights', 'float32']
  await exportCommand(parseFlags(ExportFlags, flags), () => {})
  const repository = await openRepository(models, KINDS)
  expect(repository.refused).toEqual([])
  const { manifest } = repository.resolve('cheetah')
  expect(manifest).toMatchObject({ kind: 'marie', tokens: { perObservation: 4, codes: 16 } })
})
