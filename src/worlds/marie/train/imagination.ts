// What a world model of this kind in training becomes: the simulator's specification and its serving graphs.
import type { Device } from '../../../engine/device.ts'
import type { ClosedForm } from '../../../env/closed-form.ts'
import type { TaskSpec } from '../../../env/task-spec.ts'
import type { Learned } from '../../../episodes/world-facts.ts'
import { compileGraphs } from '../../../graph/serving-graph.ts'
import { planBuckets, unpackBuckets } from '../../../graph/train-step.ts'
import { graphOptions } from '../../../learning/engines/graph-options.ts'
import { widthsOf } from '../../../networks/dimensions.ts'
import type { NetworksConfig } from '../networks/presets.ts'
import { createTokenizer, servedTokenizer } from '../networks/tokenizer.ts'
import { createWorldNetwork } from '../networks/world-network.ts'
import type { MarieSpec, PerGraph } from '../serve/manifest.ts'
import { servingGraphs, tokenizerGraphs } from './serving-graphs.ts'
import { simulatorSpec } from './spec.ts'

/** Parameters by bucket, and the codebook. */
export interface WorldParameters {
  tokenizer: Float32Array[]
  world: Float32Array[]
  /** [V, C] */
  codes: Float32Array
}

/** The tokenizer as its serving graphs have it: the codebook is one of its weights. */
function tokenizerModel(
  task: TaskSpec,
  { tokenizer: config }: NetworksConfig,
  { tokenizer: buckets, codes }: Pick<WorldParameters, 'tokenizer' | 'codes'>,
) {
  const tokenizer = createTokenizer(widthsOf(task), config)
  const encoding = unpackBuckets(planBuckets(tokenizer.parameters), buckets)
  return {
    networks: { tokenizer: servedTokenizer(tokenizer, config) },
    weights: { tokenizer: new Map([...encoding, ['codes', codes] as const]) },
  }
}

/** Between observations and tokens: what a policy of this kind needs to act in a true environment. */
export function eyesOf(
  task: TaskSpec,
  config: NetworksConfig,
  parameters: Pick<WorldParameters, 'tokenizer' | 'codes'>,
): Pick<PerGraph<Uint8Array>, 'encode' | 'decode'> {
  const model = tokenizerModel(task, config, parameters)
  return compileGraphs({
    graphs: tokenizerGraphs(model.networks.tokenizer, widthsOf(task), config),
    ...model,
  })
}

/** Networks of a world model and their weights, as its serving graphs have them. */
export function worldModel(task: TaskSpec, config: NetworksConfig, parameters: WorldParameters) {
  const { networks, weights } = tokenizerModel(task, config, parameters)
  const world = createWorldNetwork(widthsOf(task), config)
  return {
    networks: { ...networks, world },
    weights: { ...weights, world: unpackBuckets(planBuckets(world.parameters), parameters.world) },
  }
}

export const boundsOf = ({ actionLow: low, actionHigh: high }: TaskSpec) => ({ low, high })

export interface Imagines {
  networks: NetworksConfig
  form: ClosedForm
  device?: Device
}

export function imaginationOf(
  task: TaskSpec,
  { networks: config, form, device }: Imagines,
  learned: Learned,
  parameters: WorldParameters,
): { spec: MarieSpec; graphs: PerGraph<Uint8Array> } {
  const { networks, weights } = worldModel(task, config, parameters)
  const graphs = servingGraphs(networks, { ...widthsOf(task), ...boundsOf(task) }, config, form)
  return {
    spec: simulatorSpec(task, learned, config),
    graphs: compileGraphs({ graphs, networks, weights }, graphOptions(device)),
  }
}
