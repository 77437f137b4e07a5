// Training on a device as it is started by people: the updates of an epoch of the world model.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Row, significant } from '../../../loadtest/record.ts'
import type { Device } from '../../../src/engine/device.ts'
import type { PresetName } from '../../../src/networks/policy-sizes.ts'

export interface EpochOptions {
  device: Device
  /** of each network; an epoch of `paper` has 200 */
  updates: number
  stepsPerCall: number
  cores: number
}

const EPOCH = 200

/** Of two epochs the second: in the first the graphs are compiled. */
export async function measureEpoch(preset: PresetName, options: EpochOptions): Promise<Row> {
  const { device, updates, stepsPerCall, cores } = options
  const out = mkdtempSync(join(tmpdir(), 'dima-epoch-'))
  const set = ['decoder', 'denoiser', 'reward'].map((name) => `${name}.updatesPerEpoch=${updates}`)
  const flags = {
    algorithm: 'world-model',
    preset,
    steps: 2000,
    set: [...set, 'warmupSteps=0'].join(),
    device,
    'steps-per-call': stepsPerCall,
    cores,
    out,
  }
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
  try {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/commands/train.ts', ...args])
    const seconds = secondsOf(join(out, 'metrics.jsonl'))
    return {
      measure: `${updates} updates of each network`,
      preset,
      device,
      seconds: significant(seconds),
      [`secondsOf${EPOCH}`]: significant((seconds * EPOCH) / updates),
    }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function secondsOf(metrics: string): number {
  const lines = readFileSync(metrics, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return lines.findLast((line) => 'seconds_world_model' in line).seconds_world_model
}
