// The Python example of docs/datasets.md writes a file that can be trained on.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { DatasetSource } from '../../../src/episodes/sources/dataset-source.ts'
import { NEEDED_STEPS } from '../../../src/worlds/dima/train/steps.ts'
import { temporaryFolder } from '../../runs/data.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const missing = spawnSync(PYTHON, ['-c', 'import h5py']).status !== 0
const title = `the example of docs/datasets.md${missing ? ` (skipped: ${PYTHON} has no python3-h5py)` : ''}`

const documentation = readFileSync(resolve(import.meta.dirname, '../../../docs/datasets.md'), 'utf8')
const [, example] = /```python\n([\s\S]*?)```/.exec(documentation)!

test.skipIf(missing)(title, async () => {
  const folder = temporaryFolder()
  const { status, stderr } = spawnSync(PYTHON, ['-c', example!], { cwd: folder, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  const source = await DatasetSource.open(join(folder, 'carts.hdf5'), 0.1, NEEDED_STEPS)
  expect(source.remarks).toEqual(['11 episodes for training, 1 held out'])
  expect(source.spec).toMatchObject({
    name: 'Carts-2x1',
    stepSeconds: 0.05,
    stateNames: ['left_x', 'right_x'],
    stateUnits: ['m', 'm'],
    agents: [{ name: 'left' }, { name: 'right' }],
  })
  const [episode] = await source.collect(0)
  expect(episode).toMatchObject({ length: 30, truncated: true, terminated: false })
  await source.close()
})
