// npm run bench:train: time of one train step of each network, one thread, and how much of the machine it uses.

import Type from 'typebox'
import { runCommand } from '../src/common/command.ts'
import { parseConfig } from '../src/common/config.ts'
import { countOf } from '../src/common/parameters.ts'
import { Rng } from '../src/common/rng.ts'
import { makeEnv, taskSpec } from '../src/env/make-env.ts'
import { compileTrainStep } from '../src/graph/train-step.ts'
import { openSession } from '../src/inference/session.ts'
import { NETWORK_PRESETS, PRESET_NAMES, type PresetName } from '../src/networks/presets.ts'
import { collectEpisode, gaussianPolicy } from '../src/training/collect.ts'
import { Hyperparameters, TRAINING_PRESETS } from '../src/training/hyperparameters.ts'
import { Learner } from '../src/training/learner.ts'
import type { Data, Objective } from '../src/training/objectives.ts'
import { Replay } from '../src/training/replay.ts'
import { RunningStatistics } from '../src/training/statistics.ts'
import { median } from '../src/training/step-errors.ts'
import { NETWORK_NAMES, type NetworkName } from '../src/training/world-model.ts'
import { createObjectives } from '../src/training/world-model-trainer.ts'
import { countFlops, FLOP_METHOD, openCeiling } from './bench-flops.ts'
import { type Row, record, significant } from './bench-record.ts'

const TASK = 'HalfCheetah-2x3'
const EPISODES = 3
/** Steps of `paper` take seconds each. */
const REPEATS: Record<PresetName, number> = { debug: 40, small: 15, paper: 3 }

const Flags = Type.Object(
  {
    preset: Type.Enum(['all', ...PRESET_NAMES], {
      default: 'all',
      description: `all, ${PRESET_NAMES.join(', ')}`,
    }),
    repeats: Type.Integer({ default: 0, minimum: 0, description: 'steps to time; 0: 40, 15, 3 by preset' }),
    out: Type.String({ default: 'bench/train.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)

async function collect(): Promise<Data> {
  const env = await makeEnv(TASK)
  const data = {
    replay: new Replay(1e6),
    statistics: new RunningStatistics(taskSpec(TASK).stateNames.length),
  }
  for (let i = 0; i < EPISODES; i++) {
    const episode = collectEpisode(env, gaussianPolicy(env, 0.3655), 1, 'bench', i)
    data.replay.add(episode)
    data.statistics.update(episode)
  }
  env.close()
  return data
}

/** Compiles a step, counting its operations on the way. */
async function openLearner(
  objective: Objective,
  { clipNorm, weightDecay }: { clipNorm: number; weightDecay: number },
) {
  let flops = 0
  const learner = await Learner.create(objective, { clipNorm, weightDecay, seed: 1 }, async (step) => {
    const counted = countFlops(() => compileTrainStep(step))
    flops = counted.flops
    const session = await openSession(counted.compiled.bytes, { threads: 1 })
    return { run: (inputs, into) => session.run(inputs, into), release: () => session.release() }
  })
  return { learner, flops }
}

interface Times {
  batch: number[]
  step: number[]
  cpu: number[]
  ceiling: number[]
}

/** One step of warm-up, then `repeats` steps with a run of the ceiling before each, so that both meet the same load. */
async function timeSteps(learner: Learner, data: Data, repeats: number): Promise<Times> {
  const times: Times = { batch: [], step: [], cpu: [], ceiling: [] }
  const ceiling = await openCeiling()
  for (let i = 0; i <= repeats; i++) {
    const gflops = await ceiling.run()
    const began = performance.now()
    const batch = learner.objective.batch(data, new Rng('bench', i))
    const drawn = performance.now()
    const cpu = process.cpuUsage()
    await learner.step(batch, 1e-4)
    const { user, system } = process.cpuUsage(cpu)
    if (i === 0) continue
    times.batch.push(drawn - began)
    times.step.push(performance.now() - drawn)
    times.cpu.push((user + system) / 1000)
    times.ceiling.push(gflops)
  }
  await ceiling.release()
  return times
}

async function bench(preset: PresetName, network: NetworkName, data: Data, repeats: number): Promise<Row> {
  const hyperparameters = parseConfig(Hyperparameters, TRAINING_PRESETS[preset])
  const { objectives } = createObjectives(taskSpec(TASK), {
    networks: NETWORK_PRESETS[preset],
    hyperparameters,
  })
  const { clipNorm, weightDecay, batch } = hyperparameters[network]
  const options = { clipNorm, weightDecay }
  const { learner, flops } = await openLearner(objectives[network], options)
  const times = await timeSteps(learner, data, repeats)
  await learner.close()
  const ceiling = median(times.ceiling)
  const rate = flops / median(times.cpu) / 1e6 // in processor time, as the ceiling: other programs take none of it
  return {
    preset,
    network,
    parameters: countOf(objectives[network].parameters),
    batch,
    repeats,
    batchMs: significant(median(times.batch)),
    stepMs: significant(median(times.step)),
    cpuMs: significant(median(times.cpu)),
    stepGflop: significant(flops / 1e9),
    gflopPerCpuSecond: significant(rate),
    ceilingPerCpuSecond: significant(ceiling),
    shareOfCeiling: significant(rate / ceiling),
  }
}

async function main({ preset, repeats, out }: Type.Static<typeof Flags>): Promise<void> {
  const data = await collect()
  const rows: Row[] = []
  for (const name of PRESET_NAMES.filter((one) => preset === 'all' || preset === one)) {
    for (const network of NETWORK_NAMES) {
      console.error(`${name} ${network}`)
      rows.push(await bench(name, network, data, repeats || REPEATS[name]))
    }
  }
  const notes = {
    task: TASK,
    engine: 'onnx',
    threads: 1,
    statistic: 'median',
    flops: FLOP_METHOD,
    ceiling: 'MatMul 1024^3',
  }
  record(out, notes, rows)
}

runCommand('bench:train', Flags, main)
