// A process that steps copies of a task in its only thread: vector-process.ts TASK COPIES
import { openVector } from './vector.ts'

const [task, numEnvs] = process.argv.slice(2)
const stepper = openVector(task!, Number(numEnvs), 0)

process.on('message', async ({ seconds }: { seconds: number }) => {
  process.send!(await (await stepper).run(seconds))
})
process.once('disconnect', () => process.exit())
