// A child process that steps rows of live sessions with the bundle's graphs on one thread, and nothing around it: no
// server, no queue, no other process. Only the step itself is on the clock.

import { Rng } from '../../src/common/rng.ts'
import type { Session } from '../../src/engine/session.ts'
import { beginEpisode } from '../../src/inference/live/episode.ts'
import { follow, type Position, rowOf, withAction } from '../../src/inference/live/position.ts'
import { readGraph, readStarts } from '../../src/registry/load.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { gatherRows, scatterRows } from '../../src/worlds/dima/serve/live-batch.ts'
import { LiveStepper } from '../../src/worlds/dima/serve/live-step.ts'
import { Simulator } from '../../src/worlds/dima/serve/simulator.ts'
import { type Graphs, lettersOf } from '../../src/worlds/dima/serve/spec.ts'

export interface RawModel {
  /** folder */
  models: string
  /** empty: the only one */
  model: string
}
export interface RawSlice {
  rows: number
  ms: number
}
export interface RawFigures {
  /** joint steps per second of stepping */
  stepsPerSecond: number
  /** share of that time inside the engine */
  engineShare: number
}

const PLAN = { name: 'joint' as const, order: [] }
const EPISODE = 1000

async function openRows({ models, model }: RawModel) {
  const repository = await openRepository(models)
  const bundle = repository.resolve(model || undefined)
  const spec = bundle.manifest
  const simulator = await Simulator.open(spec, (name) => readGraph(bundle, name))
  const clock = { engineMs: 0 }
  const stepper = new LiveStepper(spec, timed(simulator.graphs, clock))
  const starts = (await readStarts(bundle)).map(({ states, actions }) => ({
    states: Float64Array.from(states.flat()),
    actions: Float32Array.from(actions.flat(2)),
  }))
  const runner = { observe: (_: string, states: Float32Array) => stepper.observe(states) } as never
  const begin = (seed: number) => beginEpisode(runner, { bundle, starts }, { seed, episode: 0 })
  return { spec, stepper, clock, begin }
}

/** The same graphs with a clock on them. */
function timed(graphs: Graphs, clock: { engineMs: number }): Graphs {
  const watch = (session: Session): Session => ({
    ...session,
    run: async (inputs, outputs) => {
      const began = performance.now()
      const results = await session.run(inputs, outputs)
      clock.engineMs += performance.now() - began
      return results
    },
  })
  return Object.fromEntries(Object.entries(graphs).map(([name, session]) => [name, watch(session)])) as Graphs
}

type Rows = Awaited<ReturnType<typeof openRows>>

class Stepping {
  private readonly rows: Rows
  private readonly positions = new Map<number, Position[]>()
  private readonly rng = new Rng('raw')

  constructor(rows: Rows) {
    this.rows = rows
  }

  async slice({ rows, ms }: RawSlice): Promise<RawFigures> {
    const total = { steps: 0, busyMs: 0, engineMs: 0 }
    const until = performance.now() + ms
    while (performance.now() < until) {
      const { busyMs, engineMs } = await this.step(rows)
      total.steps += rows
      total.busyMs += busyMs
      total.engineMs += engineMs
    }
    return {
      stepsPerSecond: (1000 * total.steps) / total.busyMs,
      engineShare: total.engineMs / total.busyMs,
    }
  }

  /** One step of every row; milliseconds of the step alone. */
  private async step(rows: number): Promise<{ busyMs: number; engineMs: number }> {
    const { spec, stepper, clock } = this.rows
    const positions = await this.positionsOf(rows)
    const taken = positions.map((position) => withAction(position, this.action()))
    const batch = gatherRows(
      positions.map((position, i) => rowOf(spec, position, taken[i]!)),
      lettersOf(spec).S,
    )
    clock.engineMs = 0
    const began = performance.now()
    const results = await stepper.step(batch, PLAN)
    const busyMs = performance.now() - began
    const outcomes = scatterRows(results, () => 0)
    const next = positions.map((position, i) => follow(spec, position, taken[i]!, outcomes[i]!, EPISODE))
    this.positions.set(rows, next)
    return { busyMs, engineMs: clock.engineMs }
  }

  /** An episode that is over, or has left what the model knows, begins anew. */
  private positionsOf(rows: number): Promise<Position[]> {
    const known: (Position | undefined)[] = this.positions.get(rows) ?? Array(rows).fill(undefined)
    return Promise.all(
      known.map((position, i) => (position && isSound(position) ? position : this.rows.begin(i))),
    )
  }

  private action(): Float32Array {
    const { agents, action } = this.rows.spec
    const { low, high } = action
    return Float32Array.from(
      { length: agents.length * action.dimension },
      () => low + (high - low) * this.rng.uniform(),
    )
  }
}

const isSound = ({ terminated, truncated, states }: Position): boolean =>
  !terminated && !truncated && states.every(Number.isFinite)

process.once('message', async (model: RawModel) => {
  const stepping = new Stepping(await openRows(model))
  process.on('message', async (slice: RawSlice) => void process.send?.(await stepping.slice(slice)))
  process.send?.('ready')
})
process.on('disconnect', () => process.exit(0))
