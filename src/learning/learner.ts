// Trains one network: parameters and AdamW moments in flat buckets, advanced by a train step. The engine that runs
// the step is ONNX Runtime by default; tfjs backends run the very same definition eagerly.
import { DimaError } from '../common/errors.ts'
import { initialValues } from '../common/parameters.ts'
import { type Feeds, type NamedTensors, tensor } from '../common/tensors.ts'
import { BETA1, BETA2 } from '../graph/adamw.ts'
import { type Bucket, packBuckets, planBuckets, unpackBuckets } from '../graph/train-step.ts'
import { batchAt } from './call-batches.ts'
import { demandFiniteMetrics, demandFiniteState } from './divergence.ts'
import type { Engine, StepRunner } from './engines/engine.ts'
import type { Objective } from './objectives.ts'

/** One line of a run's metrics; all have `epoch`. */
export type MetricLine = Record<string, number | string>

/** Everything a network's training depends on besides the data. */
export interface LearnerState {
  updates: number
  /** parameters, first and second moments, by bucket */
  p: Float32Array[]
  m: Float32Array[]
  v: Float32Array[]
  /** the parameters' running average, where one is kept */
  a?: Float32Array[]
}

export interface LearnerOptions {
  clipNorm: number
  weightDecay: number
  /** of AdamW; 1e-8 without */
  epsilon?: number
  /** share of the parameters' average that an update keeps; 0 or absent: no average is kept */
  average?: number
  /** whether it keeps that share from the first update on, as target networks do; else it follows faster at first */
  steady?: boolean
  seed: number
  /** which of several networks that are made alike it is: they begin apart */
  place?: number
  /** dotted name of its learning rate among the hyper-parameters, to be named where training diverges */
  rateName?: string
}

export class Learner {
  readonly objective: Objective
  private readonly options: LearnerOptions
  private readonly runner: StepRunner
  private readonly buckets: Bucket[]
  private current: LearnerState
  /** Buffers the next step writes into; they change places with the current ones. */
  private spare: LearnerState

  private constructor(objective: Objective, options: LearnerOptions, runner: StepRunner) {
    this.objective = objective
    this.options = options
    this.runner = runner
    this.buckets = planBuckets(objective.parameters)
    const empty = () => this.buckets.map(({ size }) => new Float32Array(size))
    const { seed, place } = options
    const initial = initialValues(objective.parameters, seed, ...(place === undefined ? [] : [place]))
    const p = packBuckets(this.buckets, initial)
    const averaged = (a: Float32Array[]) => (options.average ? { a } : {})
    this.current = { updates: 0, p, m: empty(), v: empty(), ...averaged(p.map((bucket) => bucket.slice())) }
    this.spare = { updates: 0, p: empty(), m: empty(), v: empty(), ...averaged(empty()) }
  }

  static async create(objective: Objective, options: LearnerOptions, engine: Engine): Promise<Learner> {
    const { name, parameters, inputs, loss } = objective
    const { clipNorm, epsilon, average } = options
    const step = { name, parameters, inputs, loss, clipNorm, ...(average ? { averages: true } : {}) }
    const runner = await engine(epsilon === undefined ? step : { ...step, epsilon })
    return new Learner(objective, options, runner)
  }

  get updates(): number {
    return this.current.updates
  }

  /**
   * One AdamW update; returns the loss, the gradient norm before clipping and the objective's metrics. DimaError
   * `not_finite` where one of them is not finite.
   */
  async step(batch: Feeds, learningRate: number): Promise<Record<string, number>> {
    const inputs = { ...this.shared(), ...batch, ...this.rates([learningRate], []) }
    const outputs = await this.runner.run(inputs, named(this.spare, 'next.'))
    this.advance(1)
    return this.finite(scalarsOf(outputs, 0), this.updates, batch, learningRate)
  }

  /**
   * As many updates as the engine was opened to run in a call; the same result as one by one.
   * @param batches [K, ...] each
   */
  async stepMany(batches: Feeds, learningRates: readonly number[]): Promise<Record<string, number>[]> {
    const inputs = { ...this.shared(), ...batches, ...this.rates(learningRates, [learningRates.length]) }
    const outputs = await this.runner.runMany!(inputs, named(this.spare, 'next.'))
    const before = this.updates
    this.advance(learningRates.length)
    return learningRates.map((rate, k) =>
      this.finite(scalarsOf(outputs, k), before + k + 1, batchAt(batches, k), rate),
    )
  }

  /** What all steps of a call have in common. */
  private shared(): NamedTensors {
    return { ...named(this.current, ''), weight_decay: tensor([], Float32Array.of(this.options.weightDecay)) }
  }

  /** Of the next steps. */
  private rates(learningRates: readonly number[], shape: number[]): NamedTensors {
    const { updates } = this.current
    const { average, steady = false } = this.options
    const each = (of: (t: number) => number) =>
      tensor(
        shape,
        Float32Array.from(learningRates, (_, k) => of(updates + k + 1)),
      )
    const correction = (beta: number) => each((t) => 1 - beta ** t)
    const average_rate = (keep: number) => each((t) => (steady ? 1 - keep : averageRate(keep, t)))
    return {
      learning_rate: tensor(shape, Float32Array.from(learningRates)),
      bias_correction1: correction(BETA1),
      bias_correction2: correction(BETA2),
      ...(average ? { average_rate: average_rate(average) } : {}),
    }
  }

  /** The metrics of an update, if they are finite. */
  private finite(
    metrics: Record<string, number>,
    update: number,
    batch: Feeds,
    learningRate: number,
  ): Record<string, number> {
    const { rateName } = this.options
    demandFiniteMetrics(metrics, { network: this.objective.name, update, learningRate, rateName, batch })
    return metrics
  }

  private advance(steps: number): void {
    const updates = this.current.updates + steps
    ;[this.current, this.spare] = [this.spare, this.current]
    this.current.updates = updates
  }

  /** The parameters by name; valid until the next step. */
  weights(): Map<string, Float32Array> {
    return unpackBuckets(this.buckets, this.current.p)
  }

  /** By bucket, as others are to use them: their average where one is kept. As valid as `state`. */
  parameters(): Float32Array[] {
    return servedOf(this.state())
  }

  /** The state to save; valid until the next step. DimaError `not_finite` where it can't be trained on. */
  state(): LearnerState {
    demandFiniteState(this.objective.name, this.buckets, this.current, this.options.rateName)
    return this.current
  }

  /** An average that the state lacks begins at its parameters. */
  restore({ updates, p, m, v, a = p }: LearnerState): void {
    const copy = (to: Float32Array[], from: Float32Array[]) => {
      if (String(from.map((array) => array.length)) !== String(to.map((array) => array.length))) {
        throw new DimaError('invalid_config', `the checkpoint is of another ${this.objective.name} network`)
      }
      for (const [i, array] of to.entries()) array.set(from[i]!)
    }
    this.current.updates = updates
    copy(this.current.p, p)
    copy(this.current.m, m)
    copy(this.current.v, v)
    if (this.current.a) copy(this.current.a, a)
  }

  close(): Promise<void> {
    return this.runner.release()
  }
}

/** What is evaluated, imagined with and exported. */
export const servedOf = ({ p, a }: LearnerState): Float32Array[] => a ?? p

/** Faster at first, when what is averaged is worth little: over the last tenth of the updates, about. */
const averageRate = (keep: number, update: number): number => Math.max(1 - keep, 9 / (10 + update))

/** Loss and metrics of the k-th step of a call. */
const scalarsOf = (outputs: NamedTensors, k: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => !name.startsWith('next.'))
      .map(([name, { data }]) => [name, data[k]!]),
  )

/** The buckets as the step's tensors, for example `next.m.0`. */
function named(state: LearnerState, prefix: string): NamedTensors {
  const tensors: NamedTensors = {}
  for (const kind of ['p', 'm', 'v', 'a'] as const) {
    for (const [i, data] of (state[kind] ?? []).entries())
      tensors[`${prefix}${kind}.${i}`] = { data, shape: [data.length] }
  }
  return tensors
}
