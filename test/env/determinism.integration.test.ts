import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startProcess } from '../../src/common/start-process.ts'
import { taskNames } from '../../src/env/make-env.ts'
import { trajectoryDigest } from './trajectory-digest.ts'

const tasks = [
  ...taskNames,
  'Ant-2x4-v1?observation=k-hop&actionMap=by-joint&contacts=real',
  'Walker2d-2+4-v1?observation=raw&physics=mujoco210',
]

test('trajectories are the same to the last bit in another process, whatever it ran before', async () => {
  const child = startProcess('digest-process', import.meta.url)
  const answer = once(child, 'message')
  child.send(tasks.toReversed())
  const here: Record<string, string> = {}
  for (const task of tasks) here[task] = await trajectoryDigest(task)
  const [there] = await answer
  expect(there).toEqual(here)
  expect(new Set(Object.values(here)).size).toBe(tasks.length)
})
