// What a world model's weights become: the simulator's specification and its serving graphs.

import type { Device } from '../../../engine/device.ts'
import type { TaskSpec } from '../../../env/task-spec.ts'
import { dataFacts, type Learned, taskFacts } from '../../../episodes/world-facts.ts'
import { compileGraphs } from '../../../graph/serving-graph.ts'
import { planBuckets, unpackBuckets } from '../../../graph/train-step.ts'
import { graphOptions } from '../../../learning/engines/graph-options.ts'
import { type NetworksConfig, SIGMA_DATA } from '../networks/presets.ts'
import type { DimaSpec, PerGraph, PlanName } from '../serve/manifest.ts'
import { sequentialSteps } from '../serve/plan.ts'
import { servingGraphs } from './serving-graphs.ts'
import { CONTEXT, HORIZON, SAMPLING } from './steps.ts'
import { createNetworks, dimensionsOf, NETWORK_NAMES, type WorldModelWeights } from './world-model.ts'

/** @param defaultPlan the one that the run's policy learned by */
const samplingOf = (agents: number, defaultPlan: PlanName): DimaSpec['sampling'] => ({
  sigmaData: SIGMA_DATA,
  ...SAMPLING,
  sequentialSteps: sequentialSteps(agents),
  defaultPlan,
})

export const simulatorSpec = (task: TaskSpec, learned: Learned, plan: PlanName): DimaSpec => ({
  kind: 'dima',
  ...taskFacts(task),
  horizon: HORIZON,
  context: CONTEXT,
  sampling: samplingOf(task.agents.length, plan),
  ...dataFacts(learned, task),
})

/** How a world model is to imagine. */
export interface Imagines {
  networks: NetworksConfig
  device?: Device
  /** default: joint */
  plan?: PlanName
}

/** What the simulator needs of a world model that is still in training. Parameters by bucket, in the order of NETWORK_NAMES. */
export function imaginationOf(
  task: TaskSpec,
  { networks: sizes, device, plan = 'joint' }: Imagines,
  learned: Learned,
  parameters: readonly Float32Array[][],
): { spec: DimaSpec; graphs: PerGraph<Uint8Array> } {
  const dims = dimensionsOf(task)
  const networks = createNetworks(dims, sizes)
  const named = NETWORK_NAMES.map((name, i) => {
    return [name, unpackBuckets(planBuckets(networks[name].parameters), parameters[i]!)]
  })
  const weights = Object.fromEntries(named) as WorldModelWeights
  const graphs = servingGraphs(networks, dims, sizes.denoiser.conditioning)
  const compiled = compileGraphs({ graphs, networks, weights }, graphOptions(device))
  return { spec: simulatorSpec(task, learned, plan), graphs: compiled }
}
