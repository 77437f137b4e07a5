// The life of a lane's thread.
import type { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import { ThreadLane } from '../../../src/learning/lanes/lane.ts'
import { Lanes } from '../../../src/learning/lanes/lanes.ts'
import { configOf, TASK } from '../../runs/fixture.ts'
import { RECIPES } from '../../runs/training.ts'

const work = { recipes: RECIPES, task: taskSpec(TASK), config: configOf(), stepsPerCall: 1 }
const workerOf = (lane: ThreadLane) => (lane as unknown as { worker: Worker }).worker

const opened: ThreadLane[] = []
function open(given = work): ThreadLane {
  const lane = new ThreadLane(given)
  opened.push(lane)
  return lane
}
afterEach(() => Promise.all(opened.splice(0).map((lane) => lane.close())))

test('a thread that dies fails what waits and what comes after, and closes', async () => {
  const lane = open()
  const waiting = [lane.call('learn', ['decoder']), lane.call('state', 'decoder')]
  const failures = Promise.all(waiting.map((call) => call.catch((error: Error) => error.message)))
  await workerOf(lane).terminate() // it has hardly started: no session of ONNX Runtime is cut off
  const died = /^a training thread ended with code \d+$/
  expect(await failures).toEqual([expect.stringMatching(died), expect.stringMatching(died)])
  await expect(lane.call('state', 'decoder')).rejects.toThrow(died)
  await lane.close()
})

test('an error that nobody catches there fails what waits', async () => {
  const lane = open()
  await lane.call('learn', [])
  workerOf(lane).postMessage(null) // no call: the thread can't even answer
  await expect(lane.call('state', 'decoder')).rejects.toThrow()
})

test('close ends the thread after what it is doing, and may be called twice', async () => {
  const lane = open()
  const learning = lane.call('learn', ['decoder'])
  await lane.close()
  await learning
  expect(workerOf(lane).threadId).toBe(-1) // as Node says of threads that have ended
  await lane.close()
  await expect(lane.call('state', 'decoder')).rejects.toThrow('ended')
})

test('lanes that can not all be opened leave no thread behind', async () => {
  const config = configOf({ engine: 'tfjs-node-gpu' })
  const { task } = work
  const before = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
  const opening = Lanes.open({
    recipes: RECIPES,
    task,
    config,
    resources: { cores: 2, stepsPerCall: 1 },
    groups: [['decoder'], ['reward']],
  })
  await expect(opening).rejects.toMatchObject({ code: 'invalid_config' })
  expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length).toBe(before)
})
