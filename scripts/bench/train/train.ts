// npm run bench:train: time of one train step of each network, one thread, and how much of the machine it uses.

import Type from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { countOf } from '../../../src/common/parameters.ts'
import { median } from '../../../src/common/statistics.ts'
import type { Device } from '../../../src/engine/device.ts'
import { deviceFlag } from '../../../src/engine/device-flag.ts'
import { PRESET_NAMES, type PresetName } from '../../../src/networks/policy-sizes.ts'
import { FLOP_METHOD, openCeiling } from './flops.ts'
import { type BenchNetwork, collect, TASK, worldModelNetworks } from './networks.ts'
import { type BenchStep, costOf, openStep } from './step.ts'

/** Steps of `paper` take seconds each. */
const REPEATS: Record<PresetName, number> = { debug: 40, small: 15, paper: 3 }

const Flags = Type.Object(
  {
    preset: Type.Enum(['all', ...PRESET_NAMES], {
      default: 'all',
      description: `all, ${PRESET_NAMES.join(', ')}`,
    }),
    repeats: Type.Integer({ default: 0, minimum: 0, description: 'steps to time; 0: 40, 15, 3 by preset' }),
    ...deviceFlag,
    out: Type.String({ default: 'bench/train.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)

interface Times {
  batch: number[]
  step: number[]
  cpu: number[]
  ceiling: number[]
}

/** One step of warm-up, then `repeats` steps with a run of the ceiling before each, so that both meet the same load. */
async function timeSteps(step: BenchStep, repeats: number): Promise<Times> {
  const times: Times = { batch: [], step: [], cpu: [], ceiling: [] }
  const ceiling = await openCeiling()
  for (let i = 0; i <= repeats; i++) {
    const gflops = await ceiling.run()
    const drawn = await costOf(() => step.batch(i))
    const { cpuMs, wallMs } = await costOf(() => step.run(drawn.result))
    if (i === 0) continue
    times.batch.push(drawn.wallMs)
    times.step.push(wallMs)
    times.cpu.push(cpuMs)
    times.ceiling.push(gflops)
  }
  await ceiling.release()
  return times
}

async function bench(
  preset: PresetName,
  network: BenchNetwork,
  device: Device,
  repeats: number,
): Promise<Row> {
  const step = await openStep(network, device)
  const times = await timeSteps(step, repeats)
  await step.close()
  const ceiling = median(times.ceiling)
  const rate = step.flops / median(times.cpu) / 1e6 // in processor time, as the ceiling: other programs take none of it
  return {
    preset,
    network: network.objective.name,
    parameters: countOf(network.objective.parameters),
    batch: network.training.batch,
    repeats,
    batchMs: significant(median(times.batch)),
    stepMs: significant(median(times.step)),
    cpuMs: significant(median(times.cpu)),
    stepGflop: significant(step.flops / 1e9),
    gflopPerCpuSecond: significant(rate),
    ceilingPerCpuSecond: significant(ceiling),
    shareOfCeiling: significant(rate / ceiling),
  }
}

async function main({ preset, device, repeats, out }: Type.Static<typeof Flags>): Promise<void> {
  const data = await collect()
  const rows: Row[] = []
  for (const name of PRESET_NAMES.filter((one) => preset === 'all' || preset === one)) {
    for (const network of worldModelNetworks(name, data)) {
      console.error(`${name} ${network.objective.name}`)
      rows.push(await bench(name, network, device, repeats || REPEATS[name]))
    }
  }
  const notes = {
    task: TASK,
    engine: 'onnx',
    device,
    threads: 1,
    statistic: 'median',
    flops: FLOP_METHOD,
    ceiling: 'MatMul 1024^3',
  }
  record(out, notes, rows)
}

runCommand('bench:train', Flags, main)
