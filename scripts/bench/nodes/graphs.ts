// The graphs of a preset's world model with the weights that it starts from: those that serve it, those that a device composes
// of them, and those that train it.
import { presetOf } from '../../../src/algorithms/dima/config.ts'
import { initialValues } from '../../../src/common/parameters.ts'
import { type Device, POLICIES } from '../../../src/engine/device.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { compileServing } from '../../../src/graph/serving-graph.ts'
import { compileTrainStep } from '../../../src/graph/train-step.ts'
import { graphOptions } from '../../../src/learning/engines/graph-options.ts'
import type { PresetName } from '../../../src/networks/policy-sizes.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/dima/networks/presets.ts'
import { composedGraphs } from '../../../src/worlds/dima/serve/composed-graphs.ts'
import type { PerGraph } from '../../../src/worlds/dima/serve/manifest.ts'
import { simulatorSpec } from '../../../src/worlds/dima/train/imagination.ts'
import { servingGraphs } from '../../../src/worlds/dima/train/serving-graphs.ts'
import {
  createNetworks,
  dimensionsOf,
  NETWORK_NAMES,
  type NetworkName,
} from '../../../src/worlds/dima/train/world-model.ts'
import { worldModelObjectives } from '../../../src/worlds/dima/train/world-model-objectives.ts'

const TASK = taskSpec('HalfCheetah-2x3')

type Compile = () => Uint8Array | Promise<Uint8Array>

/** `embed`, `denoise`, `sample`, `train denoiser` ...; each is compiled when it is asked for, as it suits a device. */
export function graphsOf(preset: PresetName, device: Device = 'cpu'): Map<string, Compile> {
  const served = serving(preset)
  return new Map<string, Compile>([...served, ...composing(served, device), ...training(preset, device)])
}

function composing(served: [string, () => Uint8Array][], device: Device): [string, Compile][] {
  const statistics = { mean: new Float64Array(), variance: new Float64Array() }
  const spec = simulatorSpec(TASK, { statistics }, 'joint')
  const names = POLICIES[device].stepInOneCall ? ['sample', 'step'] : ['sample']
  return names.map((name) => [
    name,
    async () => {
      const bytes = Object.fromEntries(served.map(([graph, compile]) => [graph, compile()]))
      const composed = await composedGraphs(spec, bytes as PerGraph<Uint8Array>, POLICIES[device])
      return composed[name]!.bytes
    },
  ])
}

function serving(preset: PresetName): [string, () => Uint8Array][] {
  const [dims, config] = [dimensionsOf(TASK), NETWORK_PRESETS[preset]]
  const networks = createNetworks(dims, config)
  const graphs = servingGraphs(networks, dims, config.denoiser.conditioning)
  return Object.entries(graphs).map(([name, graph]) => {
    const { parameters } = networks[graph.network as NetworkName]
    return [name, () => compileServing(name, graph, parameters, initialValues(parameters, 1))]
  })
}

function training(preset: PresetName, device: Device): [string, () => Uint8Array][] {
  const config = { networks: NETWORK_PRESETS[preset], hyperparameters: presetOf(preset) }
  const objectives = worldModelObjectives(TASK, config)
  return NETWORK_NAMES.map((name) => {
    const { clipNorm } = config.hyperparameters[name]
    const options = () => ({ ...objectives[name](), ...graphOptions(device), clipNorm })
    return [`train ${name}`, () => compileTrainStep(options()).bytes]
  })
}
