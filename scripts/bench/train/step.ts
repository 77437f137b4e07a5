// One network's train step on one thread of ONNX Runtime, and what it costs.
import { Rng } from '../../../src/common/rng.ts'
import type { Feeds } from '../../../src/common/tensors.ts'
import type { Device } from '../../../src/engine/device.ts'
import { openGraphSession } from '../../../src/engine/session.ts'
import { compileTrainStep } from '../../../src/graph/train-step.ts'
import { graphOptions } from '../../../src/learning/engines/graph-options.ts'
import { Learner } from '../../../src/learning/learner.ts'
import { countFlops } from './flops.ts'
import type { BenchNetwork } from './networks.ts'

export interface Cost {
  cpuMs: number
  wallMs: number
}

export interface BenchStep {
  /** of the matrix products of a step */
  flops: number
  batch(round: number): Feeds
  run(batch: Feeds): Promise<void>
  close(): Promise<void>
}

/** Compiles a step, counting its operations on the way. */
export async function openStep(
  { objective, training, batch }: BenchNetwork,
  device: Device,
): Promise<BenchStep> {
  let flops = 0
  const learner = await Learner.create(objective, { ...training, seed: 1 }, async (step) => {
    const counted = countFlops(() => compileTrainStep({ ...step, ...graphOptions(device) }))
    flops = counted.flops
    const session = await openGraphSession(counted.compiled.bytes, { threads: 1, device })
    return { run: (inputs, into) => session.run(inputs, into), release: () => session.release() }
  })
  return {
    flops,
    batch: (round) => batch(new Rng('bench', round)),
    run: async (drawn) => void (await learner.step(drawn, training.learningRate)),
    close: () => learner.close(),
  }
}

/** Processor time is that of this process with all its threads. */
export async function costOf<T>(work: () => T | Promise<T>): Promise<Cost & { result: T }> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { cpuMs: (user + system) / 1e3, wallMs: performance.now() - wall, result }
}
