// What a piece of work takes where it takes microseconds: so many repetitions that a clock can tell, the median of rounds.
import { median } from '../../../src/common/statistics.ts'

const ROUND_MS = 60

/** Median microseconds of one run. */
export async function microsecondsOf(work: () => unknown, rounds: number): Promise<number> {
  const times = await repeat(work, ROUND_MS) // also the warm-up
  const count = Math.max(1, Math.round(ROUND_MS / times))
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    for (let i = 0; i < count; i++) await work()
    found.push(((performance.now() - began) * 1000) / count)
  }
  return median(found)
}

/** Milliseconds of one run, of as many as fit into `atLeast`, the first half of which is not counted. */
async function repeat(work: () => unknown, atLeast: number): Promise<number> {
  const began = performance.now()
  let half = began
  let count = 0
  for (;;) {
    await work()
    const now = performance.now()
    if (now - began < atLeast) half = now
    else count++
    if (now - began >= 2 * atLeast) return (now - half) / count
  }
}
