// What TensorBoard's own reader finds in a run folder, against metrics.jsonl.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunFolder } from '../../../src/runs/run-folder.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
read = {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
walls = [e.wall_time for tag in read for e in events.Scalars(tag)]
print(json.dumps([read, min(walls), max(walls), events.file_version]))
`
const missing = spawnSync(PYTHON, ['-c', 'import tensorboard']).status !== 0
const title = `TensorBoard reads the run${missing ? ` (skipped: ${PYTHON} has no tensorboard)` : ''}`

let path: string
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'dima-'))
})
afterEach(() => rmSync(path, { recursive: true, force: true }))

function read(): [Record<string, [step: number, value: number][]>, number, number, number] {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', READ, path], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout)
}

test.skipIf(missing)(title, () => {
  const began = Date.now() / 1000
  const folder = new RunFolder(path)
  const update = (epoch: number, loss: number) =>
    folder.logMetrics({ epoch, network: 'denoiser', update: 250 * epoch, loss, grad_norm: 0 })
  folder.logMetrics({ epoch: 1, steps: 1000, episode_return: -3.25, episode_length: 1000 })
  update(1, 0.5)
  folder.logMetrics({ epoch: 1, steps: 1000, evaluation_return: 12.5 })
  update(2, 9)
  folder.logMetrics({ epoch: 2, steps: 2 ** 40, episode_return: 9, episode_length: 9 })
  folder.rewindMetrics(1)
  update(2, 0.25)
  const [tags, first, last, version] = read()
  expect(tags).toEqual({
    'episode/episode_return': [[1000, -3.25]],
    'episode/episode_length': [[1000, 1000]],
    'denoiser/loss': [
      [250, 0.5],
      [500, 0.25],
    ],
    'denoiser/grad_norm': [
      [250, 0],
      [500, 0],
    ],
    'evaluation/evaluation_return': [[1000, 12.5]],
  })
  expect([version, first >= began, last <= Date.now() / 1000]).toEqual([2, true, true])
})
