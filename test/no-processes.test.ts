// The unit layer starts nothing: neither in tests nor, unseen, in what they call.
import { execFileSync, fork, spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { InferenceSession } from 'onnxruntime-node'
import { afterEach, expect, test } from 'vitest'
import { startProcess } from '../src/common/start-process.ts'
import { startWorker } from '../src/common/start-worker.ts'
import { openGraphSession } from '../src/engine/session.ts'
import { tried } from './no-processes.ts'

afterEach(() => {
  tried.length = 0
})

const here = import.meta.url

test.each<[string, () => unknown]>([
  ['spawn', () => spawn('true')],
  ['fork', () => fork('nothing')],
  ['execFileSync', () => execFileSync('true')],
  ['Worker', () => new Worker('nothing')],
  ['InferenceSession.create', () => InferenceSession.create(new Uint8Array())],
  ['fork', () => startProcess('nothing', here)],
  ['Worker', () => startWorker('nothing', here)],
])('%s throws and is noticed', (name, start) => {
  expect(start).toThrow(/integration/)
  expect(tried).toEqual([name])
})

test('so does the door to ONNX Runtime', async () => {
  await expect(openGraphSession(new Uint8Array())).rejects.toThrow(/integration/)
  expect(tried).toEqual(['InferenceSession.create'])
})
