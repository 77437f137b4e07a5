// Deadlines in, durations out. All times are performance.now().
import type { Timing } from '../../api/shapes.ts'
import type { WorkOptions } from '../../inference/runner.ts'
import type { Caller } from './operation.ts'

export function workOptions(
  { owner, signal, received }: Caller,
  deadlineMs: number | undefined,
): WorkOptions {
  return deadlineMs === undefined ? { owner, signal } : { owner, signal, deadline: received + deadlineMs }
}

export const timingOf = (took: { queueMs: number; computeMs: number }, { received }: Caller): Timing => ({
  queue_ms: round(took.queueMs),
  compute_ms: round(took.computeMs),
  total_ms: round(performance.now() - received),
})

/** To the microsecond; more digits are noise. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000
