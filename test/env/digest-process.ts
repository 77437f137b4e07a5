// The other process of determinism.integration.test.ts: digests of the tasks it is sent.
import { trajectoryDigest } from './trajectory-digest.ts'

process.on('message', async (tasks: string[]) => {
  const digests: Record<string, string> = {}
  for (const task of tasks) digests[task] = await trajectoryDigest(task)
  process.send!(digests, () => process.disconnect())
})
