// A child process that steps rows of live sessions with the bundle's graphs on one thread, and nothing around it: no
// server, no queue, no other process. Only the step itself is on the clock.

import { Rng } from '../../src/common/rng.ts'
import type { Device } from '../../src/engine/device.ts'
import type { GraphSession } from '../../src/engine/session.ts'
import { beginEpisode } from '../../src/inference/live/episode.ts'
import { follow, type Position, rowOf } from '../../src/inference/live/position.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { readGraphs, readStarts } from '../../src/registry/load.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { kindOf, memoriesOf } from '../../src/worlds/kind-of.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { gatherRows, scatterRows } from '../../src/worlds/live.ts'
import { openGraphs } from '../../src/worlds/open-simulator.ts'
import { padded } from '../../src/worlds/starts.ts'
import { type Graphs, lettersOf } from '../../src/worlds/world.ts'

export interface RawModel {
  /** folder */
  models: string
  /** empty: the only one */
  model: string
  device: Device
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

const EPISODE = 1000

async function openRows({ models, model, device }: RawModel) {
  const repository = await openRepository(models, KINDS)
  const bundle = repository.resolve(model || undefined)
  const spec = bundle.manifest
  const kind = kindOf(KINDS, spec)
  const [choice] = kind.choices.every(spec)
  const memories = memoriesOf(KINDS, spec)
  const clock = { engineMs: 0 }
  const graphs = await openGraphs(await readGraphs(bundle), { device })
  const simulator = kind.simulator(spec, timed(graphs, clock))
  const starts = (await readStarts(bundle)).map(({ states, actions }) => ({
    states: Float64Array.from(states.flat()),
    actions: Float32Array.from(actions.flat(2)),
  }))
  const runner = { begin: (_, choice, start) => simulator.begin(padded(spec, [start]), choice) } as Pick<
    Runner,
    'begin'
  > as Runner
  const world = { model: { bundle, starts }, memories, choice }
  const begin = (seed: number) => beginEpisode(runner, world, { seed, episode: 0 })
  return { spec, choice, memories, simulator, clock, begin }
}

/** The same graphs with a clock on them. */
function timed(graphs: Graphs, clock: { engineMs: number }): Graphs {
  const watch = (session: GraphSession): GraphSession => ({
    ...session,
    run: async (inputs, outputs) => {
      const began = performance.now()
      const results = await session.run(inputs, outputs)
      clock.engineMs += performance.now() - began
      return results
    },
  })
  return Object.fromEntries(Object.entries(graphs).map(([name, session]) => [name, watch(session)]))
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
    const { choice, memories, simulator, clock } = this.rows
    const positions = await this.positionsOf(rows)
    const turns = positions.map(({ memory }) => memories.take(memory, this.action()))
    const batch = gatherRows(
      memories,
      choice,
      positions.map((position, i) => rowOf(position, turns[i])),
    )
    clock.engineMs = 0
    const began = performance.now()
    const results = await simulator.step(batch)
    const busyMs = performance.now() - began
    const outcomes = scatterRows(results, () => 0)
    const next = positions.map((position, i) => {
      const outcome = outcomes[i]!
      return follow(position, memories.follow(turns[i], outcome.carried), outcome, EPISODE)
    })
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
    const { spec } = this.rows
    const { N, A } = lettersOf(spec)
    const { low, high } = spec.action
    return Float32Array.from({ length: N * A }, () => low + (high - low) * this.rng.uniform())
  }
}

const isSound = ({ terminated, truncated, state }: Position): boolean =>
  !terminated && !truncated && state.every(Number.isFinite)

process.once('message', async (model: RawModel) => {
  const stepping = new Stepping(await openRows(model))
  process.on('message', async (slice: RawSlice) => void process.send?.(await stepping.slice(slice)))
  process.send?.('ready')
})
process.on('disconnect', () => process.exit(0))
