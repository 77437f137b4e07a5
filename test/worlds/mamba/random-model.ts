// The tiny model of the tests: preset debug for HalfCheetah-2x3, every weight random, and the specification it is served by.
import { taskSpec } from '../../../src/env/make-env.ts'
import { compileGraphs } from '../../../src/graph/serving-graph.ts'
import { widthsOf } from '../../../src/networks/dimensions.ts'
import { createLatentActor } from '../../../src/worlds/mamba/networks/latent-policy.ts'
import { NETWORK_PRESETS, type NetworksConfig } from '../../../src/worlds/mamba/networks/presets.ts'
import { createWorldNetwork } from '../../../src/worlds/mamba/networks/world-network.ts'
import type { MambaSpec } from '../../../src/worlds/mamba/serve/manifest.ts'
import { type Networks, servingGraphs } from '../../../src/worlds/mamba/train/serving-graphs.ts'
import { simulatorSpec } from '../../../src/worlds/mamba/train/spec.ts'
import { randomWeights } from '../dima/random-model.ts'

export const task = taskSpec('HalfCheetah-2x3')
export const widths = widthsOf(task)
export const debug = NETWORK_PRESETS.debug

/** Its graphs, the networks behind them, and what the manifest says of it. */
export function tinyMamba(config: NetworksConfig = debug, { policy = true } = {}) {
  const networks: Networks = {
    world: createWorldNetwork(widths, config),
    ...(policy ? { policy: createLatentActor(widths, config) } : {}),
  }
  const weights = Object.fromEntries(
    Object.entries(networks).map(([name, { parameters }]) => [name, randomWeights(parameters)]),
  )
  const graphs = servingGraphs(networks, widths, config, 'standardised')
  const statistics = {
    mean: new Float64Array(widths.state),
    variance: new Float64Array(widths.state).fill(1),
  }
  const spec: MambaSpec = simulatorSpec(task, { statistics, ends: 1 }, config)
  return { spec, networks, weights, graphs, compiled: compileGraphs({ graphs, networks, weights }) }
}
