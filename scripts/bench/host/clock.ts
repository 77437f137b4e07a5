// What a piece of work takes of a processor where it takes microseconds: so often that a clock can tell, the median of
// rounds. Time of the processor, of all threads of this process: whatever else the machine does is not counted.
import { cpuUsage } from 'node:process'
import { median } from '../../../src/common/statistics.ts'

const ROUND_MS = 60
/** Until the compiler, whose threads count too, has done what it will. */
const WARM_UP_MS = 1000

/** Median CPU microseconds of one run. */
export async function cpuMicrosecondsOf(work: () => unknown, rounds: number): Promise<number> {
  await runsIn(WARM_UP_MS, work)
  const count = await runsIn(ROUND_MS, work)
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = cpuUsage()
    for (let i = 0; i < count; i++) await work()
    const { user, system } = cpuUsage(began)
    found.push((user + system) / count)
  }
  return median(found)
}

async function runsIn(milliseconds: number, work: () => unknown): Promise<number> {
  const end = performance.now() + milliseconds
  let count = 0
  while (count === 0 || performance.now() < end) {
    await work()
    count++
  }
  return count
}
