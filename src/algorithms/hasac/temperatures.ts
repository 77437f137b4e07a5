// What entropy is worth beside reward: a temperature for each agent, and one of all for the critics' targets. They rise where
// the entropy is below its aim, an entry of an action less than 0 nats each, and fall where it is above (Haarnoja et al. 2018,
// arXiv 1812.05905). Adam on their logarithms.
import { BETA1, BETA2, EPSILON } from '../../graph/adamw.ts'

export interface TemperatureState {
  /** logarithms: of each agent, and last of the critics */
  log: Float64Array
  /** Adam's moments */
  m: Float64Array
  v: Float64Array
  updates: Int32Array
}

export interface TemperatureOptions {
  agents: number
  /** entries of an agent's action */
  action: number
  learningRate: number
  /** of all of them for ever; undefined: they learn, from 1 on */
  fixed?: number | undefined
}

export class Temperatures {
  private readonly options: TemperatureOptions
  private current: TemperatureState

  constructor(options: TemperatureOptions) {
    this.options = options
    const count = options.agents + 1
    const log = new Float64Array(count).fill(Math.log(options.fixed ?? 1))
    const [m, v] = [new Float64Array(count), new Float64Array(count)]
    this.current = { log, m, v, updates: new Int32Array(count) }
  }

  ofAgent(n: number): number {
    return Math.exp(this.current.log[n]!)
  }

  get ofCritics(): number {
    return Math.exp(this.current.log[this.options.agents]!)
  }

  /** @param logProbability mean over a batch of what agent n has just done */
  learnOfAgent(n: number, logProbability: number): void {
    this.learn(n, logProbability - this.options.action)
  }

  /** @param logProbability mean of the sum over all agents */
  learnOfCritics(logProbability: number): void {
    const { agents, action } = this.options
    this.learn(agents, logProbability - agents * action)
  }

  get state(): TemperatureState {
    return structuredClone(this.current)
  }

  restore(state: TemperatureState): void {
    this.current = structuredClone(state)
  }

  /** The loss -ln(alpha) (log-probability + aim): its gradient by ln(alpha) is what is added up here, negated. */
  private learn(i: number, excess: number): void {
    const { learningRate, fixed } = this.options
    if (fixed !== undefined) return
    const { log, m, v, updates } = this.current
    const gradient = -excess
    const t = ++updates[i]!
    m[i] = BETA1 * m[i]! + (1 - BETA1) * gradient
    v[i] = BETA2 * v[i]! + (1 - BETA2) * gradient ** 2
    const root = Math.sqrt(v[i]! / (1 - BETA2 ** t))
    log[i] = log[i]! - (learningRate * m[i]!) / (1 - BETA1 ** t) / (root + EPSILON)
  }
}
