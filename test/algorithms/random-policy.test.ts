// The random policy that a run begins with is as wide as its hyper-parameters say, which is what the run records.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ALGORITHM_TABLE } from '../../src/algorithms/algorithms.ts'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { sourceOptions } from '../../src/algorithms/train-run.ts'
import { parseFlags } from '../../src/common/config.ts'
import { RANDOM_STD } from '../../src/episodes/sources/random-actions.ts'
import type { Reporter } from '../../src/runs/progress.ts'
import { syntheticSpec } from '../episodes/sources/served.ts'

const root = mkdtempSync(join(tmpdir(), 'raw-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const reporter = { note: () => {}, status: () => {} } as unknown as Reporter

test.each([
  [[], RANDOM_STD],
  [['--set', 'policyStd=0.1'], 0.1],
  [['--algorithm', 'mappo'], RANDOM_STD],
])('with %j', (flags, policyStd) => {
  expect(sourceOptions(parseFlags(TrainFlags, flags), reporter)).toMatchObject({ policyStd })
})

test.each([
  [{ actionLow: -2 }, true],
  [{}, false],
  [{ actionLow: 0, agents: [{ ...syntheticSpec.agents[0]!, choices: [1] }] }, false],
])('a run of a task with %j goes on with actions in units of its environment: %j', (change, asDeclared) => {
  const out = join(root, `run ${asDeclared} ${Object.keys(change)}`)
  mkdirSync(out)
  const flags = parseFlags(TrainFlags, ['--env', 'ws://127.0.0.1:9', '--out', out])
  expect(sourceOptions(flags, reporter)).toMatchObject({ asDeclared: false })
  const record = { config: ALGORITHM_TABLE.dima.config(flags), task: { ...syntheticSpec, ...change } }
  writeFileSync(join(out, 'config.json'), JSON.stringify(record))
  expect(sourceOptions(flags, reporter)).toMatchObject({ asDeclared })
})
