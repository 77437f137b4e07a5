// What two revisions are compared in: each a slice of work whose typical time is told.
import type { Answer, Target } from '../../../loadtest/target.ts'
import { openRollouts } from '../../../loadtest/targets/rollout.ts'
import { openStream } from '../../../loadtest/targets/stream.ts'
import { median } from '../../../src/common/statistics.ts'

export interface Contest {
  name: string
  /** @param model empty: the first that the server has */
  open(url: string, model: string): Promise<Running>
}

export interface Running {
  /** Median milliseconds. */
  slice(): Promise<number>
  close(): Promise<void>
}

/** Rows of a rollout, and rollouts of a slice: about a tenth of a second each. */
const ROLLOUTS = [
  [1, 8],
  [64, 2],
  [600, 1],
] as const
const STEPS = 60

const server = (url: string) => ({ url, encoding: 'msgpack' }) as const

const rollouts = ROLLOUTS.map(
  ([rows, count]): Contest => ({
    name: `imagination, ${rows} rows`,
    open: async (url, model) => {
      const target = await openRollouts(server(url), { model, callers: 1, rows, horizon: 0 })
      return running(target, count, ({ computeMs }) => computeMs)
    },
  }),
)

const steps: Contest = {
  name: 'live step',
  open: async (url, model) => running(await openStream(server(url), { model, slots: 1, sockets: 1 }), STEPS),
}

export const CONTESTS: readonly Contest[] = [...rollouts, steps]

/** @param took of an answer; left out, what passes until it is there counts */
const running = (target: Target, count: number, took?: (answer: Answer) => number): Running => ({
  async slice() {
    const times: number[] = []
    for (let i = 0; i < count; i++) {
      const began = performance.now()
      const answer = await new Promise<Answer>((done) => target.send(0, done))
      if (answer.code !== 'ok') throw new Error(`a request failed: ${answer.code}`)
      times.push(took ? took(answer) : performance.now() - began)
    }
    return median(times)
  },
  close: () => target.close(),
})
