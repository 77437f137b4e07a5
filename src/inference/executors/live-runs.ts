// How a batch of waiting live work is computed by an executor.
import { gatherSeen, leaningsOf, type Seen } from '../../worlds/acting.ts'
import { gatherRows, type LiveRow, type StepOutcome, scatterRows } from '../../worlds/live.ts'
import { type Begun, padded, type StartWindow } from '../../worlds/starts.ts'
import type { Memories, WorldSpec } from '../../worlds/world.ts'
import type { Decided } from '../runner.ts'
import type { Run } from './batch-queue.ts'

/** Live steps with one model and choice. */
export const stepsOf =
  (digest: string, memories: Memories, choice: unknown): Run<LiveRow, StepOutcome> =>
  async (executor, rows, queueMs) => {
    const batch = gatherRows(memories, choice, rows)
    const results = await executor.call('step', { digest, batch })
    return { results: scatterRows(results, queueMs), computeMs: results.computeMs }
  }

/** What is observed in starts of sessions, and carried from them, with one model and choice. */
export const startsOf =
  (digest: string, spec: WorldSpec, choice: unknown): Run<StartWindow, Begun> =>
  async (executor, windows) => {
    const began = performance.now()
    const starts = padded(spec, windows)
    const { observations, carried } = await executor.call('begin', { digest, starts, choice })
    const cut = (values: Float32Array, row: number) => {
      const width = values.length / windows.length
      return values.slice(row * width, (row + 1) * width)
    }
    const results = windows.map((_, row) => ({
      observations: cut(observations, row),
      carried: cut(carried, row),
    }))
    return { results, computeMs: performance.now() - began }
  }

/** What a policy would do, of one model: with turns of sessions, or without. */
export const actsOf =
  (digest: string, memories: Memories): Run<Seen, Decided> =>
  async (executor, rows, queueMs) => {
    const answer = await executor.call('act', { digest, batch: gatherSeen(rows, memories) })
    const results = rows.map((_, row) => ({
      ...leaningsOf(answer, row, rows.length),
      queueMs: queueMs(row),
    }))
    return { results, computeMs: answer.computeMs }
  }
