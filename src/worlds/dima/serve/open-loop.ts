// Imagines states when all actions are given: those of many steps are embedded in one batch, and only the small U-Net is
// sequential.
import { rows } from '../../../common/tensors.ts'
import { CPU } from '../../../engine/device.ts'
import { rolloutStreams } from '../../noise.ts'
import type { Rollout } from '../../rollout.ts'
import { ActionEmbedder, type Embeddings } from './action-embedding.ts'
import { ActionWindows } from './action-windows.ts'
import type { ImaginedStates } from './imagined-states.ts'
import { Imagining } from './imagining.ts'
import type { DimaSpec } from './manifest.ts'
import { expandPlan, type Level, type PlanRequest } from './plan.ts'
import type { DimaGraphs } from './spec.ts'

/** @param keys [B] those of noise.ts */
export async function imagineOpenLoop(
  spec: DimaSpec,
  graphs: DimaGraphs,
  rollout: Rollout,
  keys: Uint32Array,
): Promise<ImaginedStates> {
  const levels = expandPlan(rollout.choice as PlanRequest, spec.agents.length, spec.sampling)
  const embeddings = new StepEmbeddings(spec, graphs, rollout, levels)
  const streams = rolloutStreams(rollout, keys)
  const imagining = new Imagining(spec, graphs, levels, rollout, streams)
  for (let t = 0; t < rollout.horizon; t++) await imagining.step(t, await embeddings.of(t))
  return imagining.imagined
}

/** Embeds the actions of as many steps at a time as suit a call of the engine, which is kind to its memory and to caches. */
class StepEmbeddings {
  private readonly rollout: Rollout
  private readonly embedder: ActionEmbedder
  private readonly windows: ActionWindows
  /** steps embedded at a time */
  private readonly steps: number
  private latest: Embeddings = []

  constructor(spec: DimaSpec, graphs: DimaGraphs, rollout: Rollout, levels: Level[]) {
    const { batch: B, horizon: H } = rollout
    this.rollout = rollout
    this.embedder = new ActionEmbedder(graphs.embed, levels)
    this.steps = Math.min(H, Math.max(1, Math.floor((graphs.embed.policy ?? CPU).embedRows / B)))
    this.windows = new ActionWindows(spec, rollout, this.steps)
  }

  /** Of the rows of step t; steps are asked for in order. */
  async of(t: number): Promise<Embeddings> {
    const { batch: B, horizon: H } = this.rollout
    const at = t % this.steps
    if (at === 0) this.latest = await this.embedder.embed(this.windows.take(Math.min(this.steps, H - t)))
    return this.latest.map((embedding) => rows(embedding, at * B, (at + 1) * B))
  }
}
