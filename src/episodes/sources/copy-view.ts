// One copy's rows in the answers of a vector environment.
import { DimaError } from '../../common/errors.ts'
import { mean } from '../../common/statistics.ts'
import type { VectorEnv, VectorReset, VectorStep } from '../../env/vector/vector-env.ts'

/** What there is to see of one copy at one time. */
export interface Sight {
  state: Float64Array // [S]
  observations: readonly Float64Array[] // of each agent, [O]
}

export class CopyView {
  private readonly sameStep: boolean
  private readonly stateSize: number
  private readonly agents: readonly { name: string; size: number }[]

  constructor(env: VectorEnv) {
    this.sameStep = env.autoreset === 'same_step'
    this.stateSize = env.stateSpace.shape[0]!
    this.agents = env.possibleAgents.map((name) => ({ name, size: env.observationSpace(name).shape[0]! }))
  }

  /** What row `row` shows, sharing memory. */
  at({ states, observations }: VectorReset, row: number): Sight {
    const cut = (array: Float64Array, size: number) => array.subarray(row * size, (row + 1) * size)
    return {
      state: cut(states, this.stateSize),
      observations: this.agents.map(({ name, size }) => cut(observations[name]!, size)),
    }
  }

  /** The last that copy e's episode shows, in the step that ended it. */
  last(step: VectorStep, e: number): Sight {
    if (!this.sameStep) return this.at(step, e)
    const row = step.final?.copies.indexOf(e) ?? -1
    if (step.final && row >= 0) return this.at(step.final, row)
    throw new DimaError('contract_broken', `copy ${e} has ended without final observations`, {
      field: 'final',
    })
  }

  /** Whether copy e's episode has been a success so far; undefined where that has no meaning. */
  success({ infos }: VectorReset, e: number): boolean | undefined {
    return infos?.success && infos.success[e] === 1
  }

  /** Copy e's team reward: the mean over agents. */
  reward({ rewards }: VectorStep, e: number): number {
    return mean(this.agents.map(({ name }) => rewards[name]![e]!))
  }
}
