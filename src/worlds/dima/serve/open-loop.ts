// Imagines states when all actions are given: they are embedded in one batch, and only the small U-Net is sequential.
import { cutRows, pasteRows } from '../../../common/tensors.ts'
import { stepNoise } from '../../noise.ts'
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import { embedActions } from './action-embedding.ts'
import type { DimaSpec } from './manifest.ts'
import { expandPlan, type PlanRequest } from './plan.ts'
import { sampleNext } from './sampler.ts'
import { scaledStarts } from './scaling.ts'
import type { DimaGraphs } from './spec.ts'

/** The start windows followed by the imagined states, scaled: x [B, L + H, S]. `keys` [B] are those of noise.ts. */
export async function imagineOpenLoop(
  spec: DimaSpec,
  graphs: DimaGraphs,
  rollout: Rollout,
  keys: Uint32Array,
): Promise<Float32Array> {
  const { batch: B, horizon: H } = rollout
  const { L, S, N } = lettersOf(spec)
  const levels = expandPlan(rollout.choice as PlanRequest, N, spec.sampling)
  const embeddings = await embedActions(graphs.embed, spec, rollout, levels)
  const x = scaledStarts(spec, rollout)
  for (let t = 0; t < H; t++) {
    const next = await sampleNext(graphs.denoise, levels, {
      batch: B,
      noise: stepNoise(rollout, keys, t, S),
      context: cutRows(x, B, t * S, L * S),
      embedding: embeddings(t),
    })
    pasteRows(x, B, (L + t) * S, next)
  }
  return x
}
