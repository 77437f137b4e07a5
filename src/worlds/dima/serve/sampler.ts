// Samples the next state by the Euler method along a sampling plan (method.md 2.8).
import { tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import type { Level } from './plan.ts'

export interface SamplerInput {
  /** [B, S] standard normal */
  noise: Float32Array
  /** [B, L, S] */
  context: Float32Array
  batch: number
  /** the embedding [B, E] of the actions a level sees */
  embedding: (visible: number[]) => Float32Array
}

/**
 * x starts as sigma_0 times the noise; each level moves it, x + (x - D)/sigma (next - sigma), where D is the denoiser's
 * estimate. At the last level `next` is 0, so the sample is D itself. [B, S]
 */
export async function sampleNext(
  session: GraphSession,
  levels: Level[],
  input: SamplerInput,
): Promise<Float32Array> {
  const { batch: B, noise, context, embedding } = input
  const S = noise.length / B
  const window = tensor([B, context.length / (B * S), S], context)
  let x = noise.map((value) => value * levels[0]!.sigma)
  for (const { sigma, next, visible } of levels) {
    const embedded = embedding(visible)
    const { denoised } = await session.run({
      noisy: tensor([B, S], x),
      sigma: tensor([B, 1], new Float32Array(B).fill(sigma)),
      context: window,
      embedding: tensor([B, embedded.length / B], embedded),
    })
    const keep = next / sigma
    x = x.map((value, i) => keep * value + (1 - keep) * denoised!.data[i]!)
  }
  return x
}
