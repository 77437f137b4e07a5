// Training on a device as it is started by people: the updates of an epoch of the world model, and where their time goes.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Row, significant } from '../../../loadtest/record.ts'
import { sum } from '../../../src/common/statistics.ts'
import type { Device } from '../../../src/engine/device.ts'
import type { PresetName } from '../../../src/networks/policy-sizes.ts'
import { NETWORK_NAMES, type NetworkName } from '../../../src/worlds/dima/train/world-model.ts'

export interface EpochOptions {
  device: Device
  /** of each network; an epoch of `paper` has 200 */
  updates: number
  stepsPerCall: number
}

type Times = Record<string, number>

const EPOCH = 200

/** Of two epochs the second. @param cores with 1 the networks take turns in one thread, from 3 on each has its own */
export async function measureEpoch(preset: PresetName, cores: number, options: EpochOptions): Promise<Row[]> {
  const out = mkdtempSync(join(tmpdir(), 'dima-epoch-'))
  const began = performance.now()
  try {
    await train(preset, cores, options, out)
    const wall = (performance.now() - began) / 1000
    const [first, second] = timesOf(join(out, 'metrics.jsonl'))
    const common = { preset, device: options.device, cores }
    return [
      {
        measure: `${options.updates} updates of each network`,
        ...common,
        ...whole(first!, second!, options),
      },
      { measure: 'training before its first epoch', ...common, seconds: before(wall, [first!, second!]) },
      ...NETWORK_NAMES.map((name) => ({ measure: `calls of the ${name}`, ...common, ...own(name, second!) })),
    ]
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

async function train(
  preset: PresetName,
  cores: number,
  { device, updates, stepsPerCall }: EpochOptions,
  out: string,
): Promise<void> {
  const set = NETWORK_NAMES.map((name) => `${name}.updatesPerEpoch=${updates}`)
  const flags = {
    algorithm: 'world-model',
    preset,
    steps: 2000,
    set: [...set, 'warmupSteps=0', 'trainingEpochs=2'].join(),
    device,
    'steps-per-call': stepsPerCall,
    cores,
    out,
  }
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
  await promisify(execFile)(process.execPath, [
    '--import',
    './src/common/typescript.mjs',
    'src/commands/train.ts',
    ...args,
  ])
}

/** The first epoch's runs of a graph are slow: `firstSeconds`. The main thread draws batches, waits and saves. */
function whole(first: Times, second: Times, { updates }: EpochOptions): Row {
  const seconds = second.seconds_world_model!
  return {
    seconds: significant(seconds),
    [`secondsOf${EPOCH}`]: significant((seconds * EPOCH) / updates),
    firstSeconds: significant(first.seconds_world_model!),
    idleSeconds: significant(second.idle_seconds!),
    saveSeconds: significant(second.seconds_save! + second.seconds_save_wait!),
    checkpointSeconds: significant(second.checkpoint_seconds!),
  }
}

const own = (name: NetworkName, times: Times): Row => ({
  calls: times[`${name}_calls`]!,
  msPerCall: significant(times[`${name}_call_ms`]!),
  longestMs: significant(times[`${name}_longest_call_ms`]!),
  drawSeconds: significant(times[`${name}_draw_seconds`]!),
})

/** Graphs are compiled and opened then; how the command starts and ends is in it. */
const before = (wall: number, epochs: Times[]): number =>
  significant(wall - sum(epochs.map(({ seconds }) => seconds!)))

const timesOf = (metrics: string): Times[] =>
  readFileSync(metrics, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((line) => 'seconds_world_model' in line)
