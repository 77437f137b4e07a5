import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { planReturns } from '../../../src/evaluation/study/returns.ts'
import { temporaryFolder } from '../../runs/data.ts'

interface Given {
  plan: string
  seed: number
  oneAgentShare?: number
  algorithm?: string
  /** evaluation return by steps */
  returns: Record<number, number>
}

const root = () => temporaryFolder()

function runFolder(
  folder: string,
  { plan, seed, oneAgentShare = 1 / 3, algorithm = 'dima', returns }: Given,
) {
  const path = join(folder, `${plan}-${oneAgentShare}-${seed}`)
  mkdirSync(path)
  const hyperparameters = { behaviour: { plan }, denoiser: { oneAgentShare } }
  const config = { algorithm, task: 'HalfCheetah-2x3', preset: 'small', seed, steps: 20_000, hyperparameters }
  writeFileSync(join(path, 'config.json'), JSON.stringify({ config }))
  const lines = Object.entries(returns).flatMap(([steps, value], i) => [
    { epoch: i + 1, steps: Number(steps), evaluation_return: value },
    {
      epoch: i + 1,
      steps: Number(steps),
      seconds: 10 * seed + i,
      seconds_imagine: i === 0 ? 0 : seed,
      cpu_seconds: 50 + i,
    },
  ])
  writeFileSync(join(path, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return path
}

test('returns stand by plan and masks, at equal steps, seeds in order', () => {
  const folder = root()
  const folders = [
    runFolder(folder, { plan: 'sequential', seed: 1, oneAgentShare: 1, returns: { 10000: 7 } }),
    runFolder(folder, { plan: 'joint', seed: 2, returns: { 5000: 1, 10200: 30 } }),
    runFolder(folder, { plan: 'joint', seed: 1, returns: { 5000: 2, 9900: 20, 20000: 50 } }),
    runFolder(folder, { plan: 'sequential', seed: 1, returns: { 10000: 9 } }),
  ]
  const groups = planReturns(folders)
  expect(groups.map(({ plan, masks, seeds }) => [plan, masks, seeds])).toEqual([
    ['joint', 'mixed', [1, 2]],
    ['sequential', 'mixed', [1]],
    ['sequential', 'one', [1]],
  ])
  // The newest evaluation that is not beyond; none of a run that has not come so far.
  expect(groups[0]!.returns).toEqual([
    { steps: 10_000, bySeed: [20, 1] },
    { steps: 20_000, bySeed: [50, null] },
  ])
})

test('times are of epochs in which the policy learned', () => {
  const folder = root()
  const [group] = planReturns([
    runFolder(folder, { plan: 'joint', seed: 3, returns: { 1000: 0, 2000: 0, 3000: 0 } }),
  ])
  expect(group).toMatchObject({ epochSeconds: 31.5, imagineSeconds: 3, cpuSeconds: 51.5 })
})

test('a run without a plan is refused by name', () => {
  const folder = runFolder(root(), { plan: 'joint', seed: 1, algorithm: 'mappo', returns: {} })
  expect(() => planReturns([folder])).toThrow(/run of mappo/)
  expect(() => planReturns(['/nowhere'])).toThrow(/not a run folder/)
})
