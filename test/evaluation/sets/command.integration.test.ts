// A published model scored on sets: the table, its JSON, and that nothing is left in the models folder.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseFlags } from '../../../src/common/config.ts'
import { EvaluateFlags, evaluateCommand } from '../../../src/evaluation/command.ts'
import type { SetScore } from '../../../src/evaluation/sets/score-set.ts'
import { temporaryFolder } from '../../runs/data.ts'

const small = ['--episodes', '2', '--segments', '20']
const evaluated = (...argv: string[]) => evaluateCommand(parseFlags(EvaluateFlags, [...argv, ...small]))

test('a model with a policy has all sets, each with its errors and those of persistence', async () => {
  const files = readdirSync('models/halfcheetah-2x3/2')
  const out = join(temporaryFolder(), 'sets.json')
  const text = await evaluated('--bundle', 'halfcheetah-2x3/2', '--out', out)
  const { sets, ...rest } = JSON.parse(readFileSync(out, 'utf8'))
  expect(rest).toEqual({
    model: 'halfcheetah-2x3/2',
    environment: 'HalfCheetah-2x3-v1',
    plan: 'joint',
    seed: 1,
    segments: 20,
  })
  expect(Object.keys(sets)).toEqual(['random', 'sampled', 'mean'])
  for (const [name, { oneStepStateL1, cumulativeStateL1, persistence }] of Object.entries<SetScore>(sets)) {
    expect(text).toMatch(new RegExp(`^\\| ${name} .*${cumulativeStateL1.at(-1)!.toFixed(3)}`, 'm'))
    expect(cumulativeStateL1.at(-1)!).toBeGreaterThan(oneStepStateL1)
    expect(persistence.oneStepStateL1).toBeGreaterThan(3 * oneStepStateL1) // it was trained
  }
  expect(sets.mean.return).toBeGreaterThan(sets.sampled.return)
  expect(sets.random.return).toBeLessThan(0)
  expect(readdirSync('models/halfcheetah-2x3/2')).toEqual(files)
})

test('one set is the same alone, and printed where there is no file for it', async () => {
  const again = async () => {
    const text = await evaluated('--bundle', 'halfcheetah-2x3@1', '--sets', 'random')
    return JSON.parse(text.slice(text.indexOf('{')))
  }
  const first = await again()
  expect(Object.keys(first.sets)).toEqual(['random'])
  expect(await again()).toEqual(first)
})

test('a model without a policy plays no set of one', () =>
  expect(evaluated('--bundle', 'halfcheetah-2x3/1', '--sets', 'mean')).rejects.toMatchObject({
    code: 'invalid_config',
    details: { field: 'sets', given: 'mean' },
  }))
