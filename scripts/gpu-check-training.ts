// Train steps on a device: do they give the CPU's numbers, and how long does one take, alone and in a Loop?
import type { NamedTensors } from '../src/common/tensors.ts'
import type { Device } from '../src/inference/session.ts'
import { median } from '../src/training/step-errors.ts'
import type { BenchNetwork } from './bench-networks.ts'
import { type Row, significant } from './bench-record.ts'
import { largestDifference } from './gpu-check-difference.ts'
import { Stepper } from './gpu-check-stepper.ts'

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

/** The same steps on the CPU, on the device, and there in one Loop. */
async function compare(network: BenchNetwork, device: Device): Promise<Row> {
  const cpu = await Stepper.open(network, 'cpu')
  const other = await Stepper.open(network, device)
  const loop = await Stepper.open(network, device, PARITY_STEPS)
  const steps = cpu.draw(PARITY_STEPS)
  const losses: number[] = []
  for (const step of steps) {
    const [expected, given] = [await cpu.single(step), await other.single(step)]
    losses.push(Math.abs(given - expected) / Math.abs(expected))
  }
  await loop.many(steps)
  const loss = Math.max(...losses)
  const row = {
    within: loss <= LOSS_TOLERANCE ? 'yes' : 'no',
    lossDifference: significant(loss),
    parameterDifference: significant(largestDifference(cpu.parameters(), other.parameters())),
    loopDifference: significant(largestDifference(other.parameters(), loop.parameters())),
  }
  for (const stepper of [cpu, other, loop]) await stepper.close()
  return row
}

/** Median milliseconds of a step: the CPU's, the device's, and those of its Loops. They take turns under one load. */
async function timeSteps(network: BenchNetwork, device: Device, repeats: number): Promise<Row> {
  const cpu = await Stepper.open(network, 'cpu')
  const [one, eight] = [await Stepper.open(network, device, 1), await Stepper.open(network, device, LOOP)]
  const rounds: Record<string, number>[] = []
  for (let i = 0; i <= repeats; i++) {
    rounds.push({
      cpuMs: await timed(cpu.draw(1), ([step]) => cpu.single(step!)),
      singleMs: await timed(one.draw(1), ([step]) => one.single(step!)),
      loop1Ms: await timed(one.draw(1), (steps) => one.many(steps)),
      loop8Ms: await timed(eight.draw(LOOP), (steps) => eight.many(steps)),
    })
  }
  for (const stepper of [cpu, one, eight]) await stepper.close()
  const [, ...warm] = rounds
  const names = Object.keys(rounds[0]!)
  return Object.fromEntries(
    names.map((name) => [name, significant(median(warm.map((round) => round[name]!)))]),
  )
}

async function timed(steps: NamedTensors[], run: (steps: NamedTensors[]) => Promise<unknown>) {
  const began = performance.now()
  await run(steps)
  return (performance.now() - began) / steps.length
}
