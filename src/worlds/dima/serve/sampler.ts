// Samples the next state by the Euler method along a sampling plan (method.md 2.8).
import { type Tensor, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import type { Embeddings } from './action-embedding.ts'
import type { Level } from './plan.ts'

/** For steps of B rows: what is the same at every step is made once. */
export class Sampler {
  private readonly session: GraphSession
  private readonly levels: readonly Level[]
  private readonly sigmas: Tensor[] // [B, 1] by level

  /** @param rows B */
  constructor(session: GraphSession, levels: readonly Level[], rows: number) {
    this.session = session
    this.levels = levels
    this.sigmas = levels.map(({ sigma }) => tensor([rows, 1], new Float32Array(rows).fill(sigma)))
  }

  /**
   * Turns noise into the next states, in place. x starts as sigma_0 times the noise; each level moves it,
   * x + (x - D)/sigma (next - sigma), where D is the denoiser's estimate. At the last level `next` is 0, so the sample is D
   * itself.
   * @param x [B, S] standard normal
   * @param context [B, L, S]
   * @param embeddings [B, E] by level: of the actions that it sees
   */
  async sample(x: Tensor, context: Tensor, embeddings: Embeddings): Promise<void> {
    scale(x.data, this.levels[0]!.sigma)
    for (let i = 0; i < this.levels.length; i++) {
      const { sigma, next } = this.levels[i]!
      const feeds = { noisy: x, sigma: this.sigmas[i]!, context, embedding: embeddings[i]! }
      const { denoised } = await this.session.run(feeds)
      approach(x.data, denoised!.data, next / sigma)
    }
  }
}

function scale(x: Float32Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! * factor
}

/** Keeps so much of the way to where the denoiser points. */
function approach(x: Float32Array, denoised: Float32Array, keep: number): void {
  for (let i = 0; i < x.length; i++) x[i] = keep * x[i]! + (1 - keep) * denoised[i]!
}
