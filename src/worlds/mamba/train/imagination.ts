// What a world model of this kind in training becomes: the simulator's specification and its serving graphs.
import type { Device } from '../../../engine/device.ts'
import type { ClosedForm } from '../../../env/closed-form.ts'
import type { TaskSpec } from '../../../env/task-spec.ts'
import type { Learned } from '../../../episodes/world-facts.ts'
import { compileGraph, compileGraphs } from '../../../graph/serving-graph.ts'
import { planBuckets, unpackBuckets } from '../../../graph/train-step.ts'
import { graphOptions } from '../../../learning/engines/graph-options.ts'
import { widthsOf } from '../../../networks/dimensions.ts'
import { createLatentActor } from '../networks/latent-policy.ts'
import type { NetworksConfig } from '../networks/presets.ts'
import { createWorldNetwork } from '../networks/world-network.ts'
import type { MambaSpec, PerGraph } from '../serve/manifest.ts'
import { latentPolicyGraph, servingGraphs } from './serving-graphs.ts'
import { simulatorSpec } from './spec.ts'

export interface Imagines {
  networks: NetworksConfig
  form: ClosedForm
  device?: Device
}

/** @param parameters of the world model, by bucket */
export function imaginationOf(
  task: TaskSpec,
  { networks: sizes, form, device }: Imagines,
  learned: Learned,
  parameters: Float32Array[],
): { spec: MambaSpec; graphs: PerGraph<Uint8Array> } {
  const widths = widthsOf(task)
  const world = createWorldNetwork(widths, sizes)
  const graphs = servingGraphs({ world }, widths, sizes, form)
  const weights = { world: unpackBuckets(planBuckets(world.parameters), parameters) }
  return {
    spec: simulatorSpec(task, learned, sizes),
    graphs: compileGraphs({ graphs, networks: { world }, weights }, graphOptions(device)),
  }
}

/** The bundle's policy graph. @param parameters of the actor, by bucket */
export function policyOf(task: TaskSpec, sizes: NetworksConfig, parameters: Float32Array[]): Uint8Array {
  const widths = widthsOf(task)
  const policy = createLatentActor(widths, sizes)
  const weights = { policy: unpackBuckets(planBuckets(policy.parameters), parameters) }
  const graphs = { policy: latentPolicyGraph(policy, widths, sizes) }
  return compileGraph({ graphs, networks: { policy }, weights }, 'policy')
}
