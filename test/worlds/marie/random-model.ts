// The tiny model of the tests: preset debug for HalfCheetah-2x3, every weight random, and the specification it is served by.
import { taskSpec } from '../../../src/env/make-env.ts'
import { compileGraphs } from '../../../src/graph/serving-graph.ts'
import { createActor } from '../../../src/networks/actor.ts'
import { widthsOf } from '../../../src/networks/dimensions.ts'
import { NETWORK_PRESETS, type NetworksConfig } from '../../../src/worlds/marie/networks/presets.ts'
import { createTokenizer, servedTokenizer } from '../../../src/worlds/marie/networks/tokenizer.ts'
import { createWorldNetwork } from '../../../src/worlds/marie/networks/world-network.ts'
import type { MarieSpec } from '../../../src/worlds/marie/serve/manifest.ts'
import { type Networks, servingGraphs } from '../../../src/worlds/marie/train/serving-graphs.ts'
import { simulatorSpec } from '../../../src/worlds/marie/train/spec.ts'
import { randomWeights } from '../dima/random-model.ts'

export const task = taskSpec('HalfCheetah-2x3')
export const bounds = { low: task.actionLow, high: task.actionHigh }
export const widths = widthsOf(task)
export const debug = NETWORK_PRESETS.debug

/** Its graphs, the networks behind them, and what the manifest says of it. */
export function tinyMarie(config: NetworksConfig = debug, { policy = true } = {}) {
  const networks: Networks = {
    tokenizer: servedTokenizer(createTokenizer(widths, config.tokenizer), config.tokenizer),
    world: createWorldNetwork(widths, config),
    ...(policy ? { policy: createActor(widths, { width: 16, layers: 1 }) } : {}),
  }
  const weights = Object.fromEntries(
    Object.entries(networks).map(([name, { parameters }]) => [name, randomWeights(parameters)]),
  )
  const graphs = servingGraphs(networks, { ...widths, ...bounds }, config, 'standardised')
  const statistics = {
    mean: new Float64Array(widths.state),
    variance: new Float64Array(widths.state).fill(1),
  }
  const spec: MarieSpec = simulatorSpec(task, { statistics, ends: 1 }, config)
  return { spec, networks, weights, graphs, compiled: compileGraphs({ graphs, networks, weights }) }
}
