// Imagination on a device: the same rollouts as on the CPU, how far apart they are and how long they take. The weights
// are random: nothing is trained.

import { type Row, significant } from '../../loadtest/record.ts'
import { initialValues, type Parameter } from '../../src/common/parameters.ts'
import { Rng } from '../../src/common/rng.ts'
import { median } from '../../src/common/statistics.ts'
import { type Device, type DevicePolicy, POLICIES } from '../../src/engine/device.ts'
import { taskSpec } from '../../src/env/make-env.ts'
import type { Data } from '../../src/episodes/replay/intake.ts'
import { packBuckets, planBuckets } from '../../src/graph/train-step.ts'
import type { PresetName } from '../../src/networks/policy-sizes.ts'
import { NETWORK_PRESETS } from '../../src/worlds/dima/networks/presets.ts'
import type { PlanName } from '../../src/worlds/dima/serve/manifest.ts'
import { asDima } from '../../src/worlds/dima/serve/spec.ts'
import { imaginationOf } from '../../src/worlds/dima/train/imagination.ts'
import { createNetworks, NETWORK_NAMES } from '../../src/worlds/dima/train/world-model.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../../src/worlds/open-simulator.ts'
import type { Trajectories } from '../../src/worlds/rollout.ts'
import { randomRollout } from '../bench/rollout/workload.ts'
import { DIMENSIONS, TASK } from '../bench/train/networks.ts'
import { largestDifference, shareBeyond } from './difference.ts'

/** Largest difference of an imagined state, in standard deviations. */
export const STATE_TOLERANCE = 1e-3

/** @param policy in place of what suits the device */
export type OpenOn = (device: Device, policy?: DevicePolicy) => Promise<OpenSimulator>

/** Compiles the world model of a preset, with the statistics of some data. */
export function worldModel(preset: PresetName, { statistics }: Data): OpenOn {
  const networks = NETWORK_PRESETS[preset]
  const made = createNetworks(DIMENSIONS, networks)
  const parameters = NETWORK_NAMES.map((name) => shaken(made[name].parameters))
  return (device, policy = POLICIES[device]) => {
    const { spec, graphs } = imaginationOf(taskSpec(TASK), { networks, device }, { statistics }, parameters)
    return openSimulator(KINDS, spec, { ...graphs }, { device, policy })
  }
}

/** Initial weights with noise on top: layers that begin at zero would hide what comes before them. */
function shaken(parameters: readonly Parameter[]): Float32Array[] {
  const flats = packBuckets(planBuckets(parameters), initialValues(parameters, 1))
  return flats.map((flat, i) => {
    const noise = new Rng('gpu-check', i).normals(flat.length)
    return flat.map((x, j) => x + 0.02 * noise[j]!)
  })
}

export interface Imagination {
  plan: PlanName
  batch: number
  repeats: number
}

export async function checkImagination(open: OpenOn, device: Device, work: Imagination): Promise<Row> {
  const [cpu, other] = [await open('cpu'), await open(device)]
  const rollout = randomRollout(asDima(cpu.spec), work.plan, work.batch)
  const seconds: { cpu: number[]; device: number[] } = { cpu: [], device: [] }
  let difference: Row = {}
  for (let i = 0; i <= work.repeats; i++) {
    const [expected, given] = [await cpu.rollout(rollout), await other.rollout(rollout)]
    if (i === 0)
      difference = compare(cpu, expected, given) // and the first round warms up
    else {
      seconds.cpu.push(expected.computeMs / 1000)
      seconds.device.push(given.computeMs / 1000)
    }
  }
  for (const simulator of [cpu, other]) await simulator.close()
  const rate = (times: number[]) => significant((rollout.batch * rollout.horizon) / median(times))
  const rates = () => ({ cpuStepsPerSecond: rate(seconds.cpu), stepsPerSecond: rate(seconds.device) })
  return work.repeats > 0 ? { ...difference, ...rates() } : difference
}

/** The decoder rounds to a code, so a tiny difference of a state may become a large one of an observation. */
function compare({ spec }: OpenSimulator, expected: Trajectories, given: Trajectories): Row {
  const { std } = spec.normalisation
  const scaled = ({ states }: Trajectories) => states.map((x, i) => x / std[i % std.length]!)
  const states = largestDifference([scaled(expected)], [scaled(given)])
  return {
    within: states <= STATE_TOLERANCE ? 'yes' : 'no',
    stateDifference: significant(states),
    rewardDifference: significant(largestDifference([expected.rewards], [given.rewards])),
    otherObservations: significant(shareBeyond(expected.observations, given.observations, STATE_TOLERANCE)),
  }
}
