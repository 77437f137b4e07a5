// The tiny model of the tests: preset debug for HalfCheetah-2x3, every weight random, so that no path is silent, also where
// training starts from zero.
import { initialValues, type Parameter } from '../../../src/common/parameters.ts'
import { Rng } from '../../../src/common/rng.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { compileGraph, type ServingGraph } from '../../../src/graph/serving-graph.ts'
import { NETWORK_PRESETS, type NetworksConfig } from '../../../src/worlds/dima/networks/presets.ts'
import {
  createNetworks,
  dimensionsOf,
  type Networks,
  type WorldModelWeights,
} from '../../../src/worlds/dima/train/world-model.ts'
import { tinyPolicy } from '../../inference/policy.ts'

export const dims = dimensionsOf(taskSpec('HalfCheetah-2x3'))
export const debug = NETWORK_PRESETS.debug

/** Initial values plus noise: what starts at zero no longer is. */
export function randomWeights(parameters: readonly Parameter[], seed = 1): Map<string, Float32Array> {
  const values = initialValues(parameters, seed)
  for (const [name, array] of values) {
    const rng = new Rng(seed, 'noise', name)
    for (let i = 0; i < array.length; i++) array[i]! += 0.05 * rng.normal()
  }
  return values
}

/** @param policy one that asks for actions past the bounds now and then */
export function randomModel(config: NetworksConfig = debug, { policy = false } = {}) {
  const networks: Networks = {
    ...createNetworks(dims, config),
    ...(policy ? { policy: tinyPolicy(dims) } : {}),
  }
  const weights = Object.fromEntries(
    Object.entries(networks).map(([name, { parameters }]) => [name, randomWeights(parameters)]),
  ) as WorldModelWeights
  return { networks, weights }
}

/** A serving graph with its network's weights, as ONNX bytes. */
export function compiled(
  name: string,
  graph: ServingGraph,
  networks: Networks,
  weights: WorldModelWeights,
): Uint8Array {
  return compileGraph({ graphs: { [name]: graph }, networks, weights }, name)
}
