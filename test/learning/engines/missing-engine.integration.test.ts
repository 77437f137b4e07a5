// What can't be had is an error: no engine stands in for another.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import { createEngine } from '../../../src/learning/engines/engine.ts'
import { Lanes } from '../../../src/learning/lanes/lanes.ts'
import { temporaryFolder } from '../../runs/data.ts'
import { configOf, TASK } from '../../runs/fixture.ts'
import { RECIPES } from '../../runs/training.ts'

const refusal = {
  code: 'invalid_config',
  message: expect.stringMatching(/^engine tfjs-node-gpu can't be loaded: .*@tensorflow\/tfjs-node-gpu/),
}

test('an engine whose package is missing is refused, with the reason', async () => {
  await expect(createEngine('tfjs-node-gpu', 1)).rejects.toMatchObject(refusal)
})

test('no learner is made without its engine', async () => {
  const config = configOf({ engine: 'tfjs-node-gpu' })
  const opening = Lanes.open({
    recipes: RECIPES,
    task: taskSpec(TASK),
    config,
    resources: { cores: 1, stepsPerCall: 1 },
    groups: [['decoder']],
  })
  await expect(opening).rejects.toMatchObject(refusal)
})

test('the command fails with that one line', () => {
  const out = join(temporaryFolder(), 'run')
  const flags = ['--engine', 'tfjs-node-gpu', '--preset', 'debug', '--steps', '1000', '--out', out]
  const run = () =>
    execFileSync(
      process.execPath,
      ['--import', './src/common/typescript.mjs', 'src/commands/train.ts', ...flags],
      {
        stdio: 'pipe',
        encoding: 'utf8',
      },
    )
  let stderr = ''
  try {
    run()
  } catch (error) {
    stderr = (error as { stderr: string }).stderr
  }
  expect(stderr).toContain("engine tfjs-node-gpu can't be loaded")
  expect(stderr).not.toMatch(/^ +at /m)
})
