// How fast a device imagines: whole rollouts by the joint plan in this process, and what of their time the engine takes.
import { type Row, significant } from '../../../loadtest/record.ts'
import { median } from '../../../src/common/statistics.ts'
import { type Device, type DevicePolicy, POLICIES } from '../../../src/engine/device.ts'
import type { Data } from '../../../src/episodes/replay/intake.ts'
import type { PresetName } from '../../../src/networks/policy-sizes.ts'
import { asDima } from '../../../src/worlds/dima/serve/spec.ts'
import type { OpenSimulator } from '../../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'
import { splitRows } from '../../../src/worlds/rows.ts'
import { randomRollout } from '../../bench/rollout/workload.ts'
import { largestDifference } from '../difference.ts'
import { worldModel } from '../imagination.ts'

export interface RateOptions {
  device: Device
  rows: number[]
  /** of rollouts of one size */
  seconds: number
}

const FEWEST = 3
const MOST = 15
/** More rows of an embedding call than the policy has: do they pay? */
const MORE_EMBED_ROWS = 1024
/** What a row is compared in: as many as a chunk of the CPU. */
const COMPANY = 64

export async function measureRates(preset: PresetName, data: Data, options: RateOptions): Promise<Row[]> {
  const { device, rows, seconds } = options
  const policy = POLICIES[device]
  const open = (own: DevicePolicy) => worldModel(preset, data)(device, own)
  const simulator = await open(policy)
  const found: Row[] = []
  for (const batch of rows) found.push({ preset, device, ...(await rate(simulator, batch, seconds)) })
  found.push({ preset, device, ...(await alike(simulator, policy)) })
  await simulator.close()
  const most = Math.max(...rows)
  if (most * asDima(simulator.spec).horizon < MORE_EMBED_ROWS) return found
  const other = await open({ ...policy, embedRows: MORE_EMBED_ROWS })
  const embedding = await rate(other, most, seconds)
  await other.close()
  return [
    ...found,
    { preset, device, ...embedding, measure: `imagination, ${MORE_EMBED_ROWS} rows embedded in a call` },
  ]
}

/** The first rollout warms up. */
async function rate(simulator: OpenSimulator, rows: number, seconds: number): Promise<Row> {
  const rollout = randomRollout(asDima(simulator.spec), 'joint', rows)
  await simulator.rollout(rollout)
  const times: number[] = []
  const until = performance.now() + 1000 * seconds
  while (times.length < FEWEST || (times.length < MOST && performance.now() < until)) {
    const began = performance.now()
    await simulator.rollout(rollout)
    times.push(performance.now() - began)
  }
  const ms = median(times)
  return {
    measure: 'imagination',
    rows,
    stepsPerSecond: significant((1000 * rows * rollout.horizon) / ms),
    msPerStep: significant(ms / rollout.horizon),
  }
}

/** Whether the policy's tolerances hold: a row alone and in company, and the same rollout twice. */
async function alike(simulator: OpenSimulator, { alikeWithin, canaryWithin }: DevicePolicy): Promise<Row> {
  const { std } = simulator.spec.normalisation
  const rollout = randomRollout(asDima(simulator.spec), 'joint', COMPANY)
  const scaled = async (one: Rollout) =>
    (await simulator.rollout(one)).states.map((x, i) => x / std[i % std.length]!)
  const [whole, again] = [await scaled(rollout), await scaled(rollout)]
  const alone = await scaled(splitRows(rollout, 1)[0]!)
  const company = largestDifference([alone], [whole])
  const repeated = largestDifference([whole], [again])
  return {
    measure: 'alike',
    rows: COMPANY,
    within: company <= alikeWithin && repeated <= canaryWithin ? 'yes' : 'no',
    companyDifference: significant(company),
    repeatedDifference: significant(repeated),
  }
}
