// Imagines states when all actions are given: they are embedded in one batch, and only the small U-Net is sequential.
import { rows, tensor } from '../../../common/tensors.ts'
import { rolloutStreams } from '../../noise.ts'
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import { ActionEmbedder, type Embeddings, pastWindows } from './action-embedding.ts'
import type { ImaginedStates } from './imagined-states.ts'
import { Imagining } from './imagining.ts'
import type { DimaSpec } from './manifest.ts'
import { expandPlan, type Level, type PlanRequest } from './plan.ts'
import { SlidingWindows } from './sliding-windows.ts'
import type { DimaGraphs } from './spec.ts'

/** @param keys [B] those of noise.ts */
export async function imagineOpenLoop(
  spec: DimaSpec,
  graphs: DimaGraphs,
  rollout: Rollout,
  keys: Uint32Array,
): Promise<ImaginedStates> {
  const levels = expandPlan(rollout.choice as PlanRequest, spec.agents.length, spec.sampling)
  const embeddings = await embedActions(graphs, spec, rollout, levels)
  const streams = rolloutStreams(rollout, keys)
  const imagining = new Imagining(spec, graphs.denoise, levels, rollout, streams)
  for (let t = 0; t < rollout.horizon; t++) await imagining.step(t, embeddings(t))
  return imagining.imagined
}

/** Of every step, of which all actions are known: step -> embeddings of its B rows. */
async function embedActions(
  graphs: DimaGraphs,
  spec: DimaSpec,
  rollout: Rollout,
  levels: Level[],
): Promise<(step: number) => Embeddings> {
  const { batch: B } = rollout
  const all = await new ActionEmbedder(graphs.embed, levels).embed(actionWindows(spec, rollout))
  return (step) => (visible) => rows(all(visible), step * B, (step + 1) * B)
}

/** What the action encoder sees at every step, [H * B, L, N, A]: step-major, so that a step's rows are contiguous. */
export function actionWindows(spec: DimaSpec, rollout: Rollout) {
  const { batch: B, horizon: H, actions } = rollout
  const { L, N, A } = lettersOf(spec)
  const all = tensor([H * B, L, N, A])
  const windows = new SlidingWindows(pastWindows(spec, rollout), B, N * A)
  for (let t = 0; t < H; t++) {
    windows.push(actions, H * N * A, t * N * A)
    all.data.set(windows.data, t * windows.data.length)
  }
  return all
}
