// How a batch of waiting live work is computed by an executor.
import { concatenate } from '../../common/tensors.ts'
import { gatherRows, scatterRows } from '../../worlds/dima/serve/live-batch.ts'
import type { LiveRow, StepOutcome } from '../../worlds/dima/serve/live-row.ts'
import type { PlanRequest } from '../../worlds/rollout.ts'
import type { Run } from './batch-queue.ts'

/**
 * Live steps with one model and plan.
 * @param state S
 */
export const stepsOf =
  (digest: string, plan: PlanRequest, state: number): Run<LiveRow, StepOutcome> =>
  async (executor, rows, queueMs) => {
    const batch = gatherRows(rows, state)
    const results = await executor.call('step', { digest, plan, batch })
    return { results: scatterRows(results, queueMs), computeMs: results.computeMs }
  }

/** What agents observe in states that sessions start from. */
export const startsOf =
  (digest: string): Run<Float32Array, Float32Array> =>
  async (executor, starts) => {
    const began = performance.now()
    const states = concatenate(starts)
    const observations = await executor.call('observe', { digest, states })
    const width = observations.length / states.length
    let at = 0
    const results = starts.map(({ length }) => {
      const from = at
      at += length
      return observations.slice(from * width, at * width)
    })
    return { results, computeMs: performance.now() - began }
  }
