// Imagines states with a policy in the loop: each step's state is decoded into what the agents see, the policy acts on
// it, and the next state is sampled. So actions can only be embedded step by step.
import { pasteRows, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { rolloutStreams } from '../../noise.ts'
import type { Rollout } from '../../rollout.ts'
import { RolloutActor } from '../../rollout-actor.ts'
import { lettersOf } from '../../world.ts'
import { ActionEmbedder } from './action-embedding.ts'
import { pastWindows } from './action-windows.ts'
import type { ImaginedStates } from './imagined-states.ts'
import { Imagining } from './imagining.ts'
import type { DimaSpec } from './manifest.ts'
import { observe } from './observe.ts'
import { expandPlan, type PlanRequest } from './plan.ts'
import { SlidingWindows } from './sliding-windows.ts'
import type { DimaGraphs } from './spec.ts'

export interface ClosedLoop {
  policy: GraphSession
  acting: NonNullable<Rollout['policy']>
}

export interface ClosedLoopSteps {
  imagined: ImaginedStates
  /** [B, H, N, A] the actions taken */
  actions: Float32Array
  /** [B, H, N, O] what the policy saw: the start, decoded, then each imagined state but the last */
  seen: Float32Array
  /** [B, H, N, O] what is seen in each imagined state */
  observations: Float32Array
  /** [B, H, N] log-densities of the policy's actions */
  logProbabilities: Float32Array
}

export async function imagineClosedLoop(
  spec: DimaSpec,
  graphs: DimaGraphs,
  rollout: Rollout,
  keys: Uint32Array,
  { policy, acting }: ClosedLoop,
): Promise<ClosedLoopSteps> {
  const { L, N, A, O } = lettersOf(spec)
  const { batch: B, horizon: H } = rollout
  const levels = expandPlan(rollout.choice as PlanRequest, N, spec.sampling)
  const streams = rolloutStreams(rollout, keys)
  const embedder = new ActionEmbedder(graphs.embed, levels)
  const imagining = new Imagining(spec, graphs, levels, rollout, streams)
  const actor = new RolloutActor(spec, rollout, acting)
  const taken = tensor([B, L, N, A], pastWindows(spec, rollout))
  const windows = new SlidingWindows(taken.data, B, N * A)
  const [seen, observations] = [new Float32Array(B * H * N * O), new Float32Array(B * H * N * O)]
  for (let t = 0; t < H; t++) {
    const view = await observe(graphs.decode, spec, imagining.latest.data)
    pasteRows(seen, B, t * N * O, view)
    if (t > 0) pasteRows(observations, B, (t - 1) * N * O, view)
    const { mean, std } = await policy.run({ observations: tensor([B, N, O], view) })
    actor.act(t, { mean: mean!.data, std: std!.data }, streams)
    windows.push(actor.actions, H * N * A, t * N * A)
    await imagining.step(t, await embedder.embed(taken))
  }
  const last = await observe(graphs.decode, spec, imagining.latest.data)
  pasteRows(observations, B, (H - 1) * N * O, last)
  const { actions, logProbabilities } = actor
  return { imagined: imagining.imagined, actions, seen, observations, logProbabilities }
}
