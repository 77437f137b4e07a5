// A network in training on one device, step by step or K steps a call, and its state to compare with another's.
import { initialValues } from '../src/common/parameters.ts'
import { Rng } from '../src/common/rng.ts'
import { type NamedTensors, tensor } from '../src/common/tensors.ts'
import { BETA1, BETA2 } from '../src/graph/adamw.ts'
import { packBuckets, planBuckets } from '../src/graph/train-step.ts'
import type { Device } from '../src/inference/session.ts'
import { createEngine, type StepRunner } from '../src/training/engines/engine.ts'
import type { BenchNetwork } from './bench-networks.ts'

const scalar = (value: number) => tensor([], Float32Array.of(value))

export class Stepper {
  private readonly network: BenchNetwork
  private readonly runner: StepRunner
  private state: NamedTensors
  private spare: NamedTensors
  private steps = 0

  private constructor(network: BenchNetwork, runner: StepRunner) {
    this.network = network
    this.runner = runner
    const buckets = planBuckets(network.objective.parameters)
    const p = packBuckets(buckets, initialValues(network.objective.parameters, 1))
    const empty = () =>
      Object.fromEntries(
        buckets.flatMap(({ size }, i) => ['p', 'm', 'v'].map((kind) => [`${kind}.${i}`, tensor([size])])),
      )
    this.state = empty()
    this.spare = empty()
    for (const [i, values] of p.entries()) this.state[`p.${i}`]!.data.set(values)
  }

  /** @param stepsPerCall compiles the Loop, for `many` */
  static async open(network: BenchNetwork, device: Device, stepsPerCall?: number): Promise<Stepper> {
    const { objective, training } = network
    const engine = await createEngine('onnx', stepsPerCall ? { device, stepsPerCall } : { device })
    const { clipNorm, epsilon } = training
    return new Stepper(
      network,
      await engine({ ...objective, clipNorm, ...(epsilon === undefined ? {} : { epsilon }) }),
    )
  }

  /** Data and rates of the next steps: the same for every stepper of a network. */
  draw(count: number): NamedTensors[] {
    return Array.from({ length: count }, (_, k) => {
      const t = this.steps + k + 1
      return {
        ...this.network.batch(new Rng('gpu-check', t)),
        learning_rate: scalar(this.network.training.learningRate),
        bias_correction1: scalar(1 - BETA1 ** t),
        bias_correction2: scalar(1 - BETA2 ** t),
      }
    })
  }

  async single(step: NamedTensors): Promise<number> {
    const outputs = await this.runner.run({ ...this.shared(), ...step }, this.into())
    this.advance(1)
    return outputs.loss!.data[0]!
  }

  async many(steps: NamedTensors[]): Promise<number[]> {
    const outputs = await this.runner.runMany!(this.shared(), steps, this.into())
    this.advance(steps.length)
    return [...outputs.loss!.data]
  }

  /** Valid until the next step. */
  parameters(): Float32Array[] {
    const flats = Object.entries(this.state).filter(([name]) => name.startsWith('p.'))
    return flats.map(([, { data }]) => data)
  }

  close(): Promise<void> {
    return this.runner.release()
  }

  private shared(): NamedTensors {
    return { ...this.state, weight_decay: scalar(this.network.training.weightDecay) }
  }

  private into(): NamedTensors {
    return Object.fromEntries(Object.entries(this.spare).map(([name, value]) => [`next.${name}`, value]))
  }

  private advance(steps: number): void {
    ;[this.state, this.spare] = [this.spare, this.state]
    this.steps += steps
  }
}
