// What a call hands out: copies of the arrays, or the arrays themselves.
import type { PerAgent } from '../parallel-env.ts'
import type { VectorArrays } from './vector-arrays.ts'
import type { FinalObservations, VectorReset, VectorStep } from './vector-env.ts'

export class Results {
  private readonly agents: readonly string[]
  private readonly arrays: VectorArrays
  private readonly sameStep: boolean
  private readonly copy: boolean

  constructor(agents: readonly string[], arrays: VectorArrays, sameStep: boolean, copy: boolean) {
    this.agents = agents
    this.arrays = arrays
    this.sameStep = sameStep
    this.copy = copy
  }

  reset(): VectorReset {
    const { now, successes } = this.arrays
    return {
      observations: this.byAgent((i) => this.own(now.observations[i]!)),
      states: this.own(now.states),
      ...(successes && { infos: { success: this.own(successes) } }),
    }
  }

  step(): VectorStep {
    const { rewards, terminations, truncations } = this.arrays
    const step: VectorStep = {
      ...this.reset(),
      rewards: this.byAgent(() => this.own(rewards)),
      terminations: this.own(terminations),
      truncations: this.own(truncations),
    }
    const copies = this.sameStep ? this.endedCopies() : []
    if (copies.length > 0) step.final = this.final(Int32Array.from(copies))
    return step
  }

  private endedCopies(): number[] {
    const { terminations, truncations } = this.arrays
    const copies: number[] = []
    for (let e = 0; e < terminations.length; e++) if (terminations[e] || truncations[e]) copies.push(e)
    return copies
  }

  private final(copies: Int32Array): FinalObservations {
    const { final, phases } = this.arrays
    return {
      copies,
      observations: this.byAgent((i) => rowsOf(final.observations[i]!, phases.length, copies)),
      states: rowsOf(final.states, phases.length, copies),
    }
  }

  private own<T extends Float64Array | Uint8Array>(array: T): T {
    return this.copy ? (array.slice() as T) : array
  }

  private byAgent<T>(of: (i: number) => T): PerAgent<T> {
    const values: PerAgent<T> = {}
    for (let i = 0; i < this.agents.length; i++) values[this.agents[i]!] = of(i)
    return values
  }
}

function rowsOf(array: Float64Array, numEnvs: number, rows: Int32Array): Float64Array {
  const width = array.length / numEnvs
  const chosen = new Float64Array(rows.length * width) // [K, width]
  rows.forEach((row, k) => {
    chosen.set(array.subarray(row * width, (row + 1) * width), k * width)
  })
  return chosen
}
