// Train steps on a device: do they give the CPU's numbers, and how long does one take, alone and in a Loop?

import { type Row, significant } from '../../loadtest/record.ts'
import { Rng } from '../../src/common/rng.ts'
import { median } from '../../src/common/statistics.ts'
import type { Feeds } from '../../src/common/tensors.ts'
import type { Device } from '../../src/engine/device.ts'
import { batchAt, emptyBatches } from '../../src/learning/call-batches.ts'
import { createEngine } from '../../src/learning/engines/engine.ts'
import { Learner } from '../../src/learning/learner.ts'
import type { BenchNetwork } from '../bench/train/networks.ts'
import { largestDifference } from './difference.ts'

const PARITY_STEPS = 3
/** Largest difference of a loss, relative to the CPU's. */
export const LOSS_TOLERANCE = 1e-4
const LOOP = 8

export async function checkTraining(network: BenchNetwork, device: Device, repeats: number): Promise<Row> {
  return {
    ...(await compare(network, device)),
    ...(repeats > 0 ? await timeSteps(network, device, repeats) : {}),
  }
}

/** @param stepsPerCall compiles the Loop, for `stepMany` */
async function open({ objective, training }: BenchNetwork, device: Device, stepsPerCall?: number) {
  const engine = await createEngine('onnx', stepsPerCall ? { device, stepsPerCall } : { device })
  return Learner.create(objective, { ...training, seed: 1 }, engine)
}

/** Together, [K, ...] each, and one by one. */
function draw({ objective, batch }: BenchNetwork, count: number): { stacked: Feeds; batches: Feeds[] } {
  const stacked = emptyBatches(objective.inputs, count)
  const batches = Array.from({ length: count }, (_, k) => batch(new Rng('gpu-check', k), batchAt(stacked, k)))
  return { stacked, batches }
}

/** The same steps on the CPU, on the device, and there in one Loop. */
async function compare(network: BenchNetwork, device: Device): Promise<Row> {
  const cpu = await open(network, 'cpu')
  const other = await open(network, device)
  const loop = await open(network, device, PARITY_STEPS)
  const { stacked, batches } = draw(network, PARITY_STEPS)
  const rate = network.training.learningRate
  const losses: number[] = []
  for (const batch of batches) {
    const [expected, given] = [await cpu.step(batch, rate), await other.step(batch, rate)]
    losses.push(Math.abs(given.loss! - expected.loss!) / Math.abs(expected.loss!))
  }
  await loop.stepMany(stacked, Array(PARITY_STEPS).fill(rate))
  const loss = Math.max(...losses)
  const [expected, single, looped] = [cpu, other, loop].map((learner) => learner.state().p)
  const row = {
    within: loss <= LOSS_TOLERANCE ? 'yes' : 'no',
    lossDifference: significant(loss),
    parameterDifference: significant(largestDifference(expected!, single!)),
    loopDifference: significant(largestDifference(single!, looped!)),
  }
  for (const learner of [cpu, other, loop]) await learner.close()
  return row
}

/** Median milliseconds of a step: the CPU's, the device's, and those of its Loops. They take turns under one load. */
async function timeSteps(network: BenchNetwork, device: Device, repeats: number): Promise<Row> {
  const cpu = await open(network, 'cpu')
  const [one, eight] = [await open(network, device, 1), await open(network, device, LOOP)]
  const { stacked } = draw(network, LOOP)
  const rate = network.training.learningRate
  const [first, alone] = [batchAt(stacked, 0), draw(network, 1).stacked]
  const rounds: Record<string, number>[] = []
  for (let i = 0; i <= repeats; i++) {
    rounds.push({
      cpuMs: await timed(() => cpu.step(first, rate)),
      singleMs: await timed(() => one.step(first, rate)),
      loop1Ms: await timed(() => one.stepMany(alone, [rate])),
      loop8Ms: (await timed(() => eight.stepMany(stacked, Array(LOOP).fill(rate)))) / LOOP,
    })
  }
  for (const learner of [cpu, one, eight]) await learner.close()
  const [, ...warm] = rounds
  const medianOf = (name: string) => significant(median(warm.map((round) => round[name]!)))
  return Object.fromEntries(Object.keys(rounds[0]!).map((name) => [name, medianOf(name)]))
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}
