import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startWorker } from '../../src/common/start-worker.ts'

test('runs a TypeScript module of ours in a thread, with the options given', async () => {
  const worker = startWorker('echo-worker', import.meta.url, { workerData: { text: 'hello' } })
  expect(await once(worker, 'message')).toEqual(['hello'])
  expect(await once(worker, 'exit')).toEqual([0])
})

test('a module that cannot be loaded is an error of the thread', async () => {
  const worker = startWorker('no-such-worker', import.meta.url)
  await expect(once(worker, 'exit')).rejects.toThrow(/no-such-worker/)
})
