// Copies whose answers are refused where a number is not finite, by copy, agent and entry: a network that learns from
// one, or acts on one, would only say so much later. Episodes are kept in 32 bits, so what is too large for them counts.
import { DimaError } from '../../common/errors.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import type {
  FinalObservations,
  VectorEnv,
  VectorReset,
  VectorResetOptions,
  VectorStep,
} from '../../env/vector/vector-env.ts'

export class FiniteVectorEnv implements VectorEnv {
  readonly numEnvs: number
  readonly possibleAgents: readonly string[]
  readonly stateSpace: VectorEnv['stateSpace']
  readonly autoreset: VectorEnv['autoreset']
  readonly subsetReset: boolean
  private readonly env: VectorEnv

  constructor(env: VectorEnv) {
    this.env = env
    this.numEnvs = env.numEnvs
    this.possibleAgents = env.possibleAgents
    this.stateSpace = env.stateSpace
    this.autoreset = env.autoreset
    this.subsetReset = env.subsetReset
  }

  observationSpace(agent: string) {
    return this.env.observationSpace(agent)
  }

  actionSpace(agent: string) {
    return this.env.actionSpace(agent)
  }

  async reset(options?: VectorResetOptions): Promise<VectorReset> {
    return this.seen(await this.env.reset(options))
  }

  async step(actions: PerAgent<ArrayLike<number>>): Promise<VectorStep> {
    const step = this.seen(await this.env.step(actions))
    for (const name of this.possibleAgents)
      demandFinite(step.rewards[name]!, 1, (copy) => `the reward of ${name} in copy ${copy}`)
    const { final } = step
    if (final) this.seen(final, (row) => final.copies[row]!)
    return step
  }

  close(): Promise<void> {
    return this.env.close()
  }

  /** @param copyOf the copy that a row is of */
  private seen<T extends VectorReset | FinalObservations>(shown: T, copyOf = (row: number) => row): T {
    const entryOf = (names: readonly string[], entry: number) => `entry ${entry} (${names[entry]})`
    const { names } = this.stateSpace
    demandFinite(
      shown.states,
      names.length,
      (row, entry) => `${entryOf(names, entry)} of the state of copy ${copyOf(row)}`,
    )
    for (const agent of this.possibleAgents) {
      const { names: own } = this.observationSpace(agent)
      demandFinite(
        shown.observations[agent]!,
        own.length,
        (row, entry) => `${entryOf(own, entry)} of what ${agent} observes in copy ${copyOf(row)}`,
      )
    }
    return shown
  }
}

/** @param nameOf says in words what stands in a row's entry */
function demandFinite(
  values: Float64Array,
  width: number,
  nameOf: (row: number, entry: number) => string,
): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(Math.fround(values[i]!))) continue
    const what = nameOf(Math.floor(i / width), i % width)
    throw new DimaError('not_finite', `the environment gave ${values[i]} as ${what}`, {
      given: String(values[i]),
    })
  }
}
