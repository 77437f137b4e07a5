// Plans judged by the model they were found with, under noises that neither met: from the same starts a plan of random
// shooting, one of iCEM at equal budget, and one that goes on from that.
import { mean } from '../../../src/common/statistics.ts'
import { Imagination } from '../../../src/inference/planning/imagination.ts'
import type { Worth } from '../../../src/inference/planning/objective.ts'
import { CONTROLLERS, planned, problemOf, type Request, runnerOf } from './controllers.ts'
import type { Control } from './episode.ts'

/** Noises that plans are compared with. */
const JUDGES = 64

export interface InTheModel {
  starts: number
  /** mean expected return */
  shooting: number
  icem: number
  warm: number
  /** starts from which the plan that went on is worth less than the one before, by more than the noises' standard error */
  worse: number
}

export async function inTheModel(
  { env, simulator, discount }: Control,
  starts: number,
  seed: number,
): Promise<InTheModel> {
  const [shooting, icem] = [1, 2].map((i) => CONTROLLERS[i]!.search!)
  const rows: Worth[][] = []
  for (let i = 0; i < starts; i++) {
    await env.reset({ seed: seed + 100 + i })
    const start = { states: Float64Array.from(await env.state()), actions: new Float32Array() }
    const request: Request = { start, seed: i, discount, terminal: 'none' }
    const judge = async (actions: Float32Array) => {
      const imagination = new Imagination(
        runnerOf(simulator),
        problemOf(simulator, 'icem', { ...request, seed: 1e6 + i }),
        {},
      )
      return (await imagination.judge(actions, 'judge', JUDGES)).worth[0]!
    }
    const first = await planned(simulator, icem!, request)
    const next = await planned(simulator, icem!, { ...request, seed: 1000 + i, before: first, taken: 0 })
    const other = await planned(simulator, shooting!, request)
    rows.push(await Promise.all([other, first, next].map(({ actions }) => judge(actions))))
  }
  const column = (i: number) => mean(rows.map((row) => row[i]!.expected))
  const isWorse = (row: (typeof rows)[number]) =>
    row[2]!.expected < row[1]!.expected - (2 * row[1]!.deviation) / Math.sqrt(JUDGES)
  return {
    starts,
    shooting: column(0),
    icem: column(1),
    warm: column(2),
    worse: rows.filter(isWorse).length,
  }
}
