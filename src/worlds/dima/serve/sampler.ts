// Samples the next state by the Euler method along a sampling plan (method.md 2.8).
import { type Tensor, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import type { Embeddings } from './action-embedding.ts'
import { areComposed, firstShown, shownAt } from './composed-levels.ts'
import type { DimaSpec } from './manifest.ts'
import type { Level } from './plan.ts'
import type { DimaGraphs } from './spec.ts'

export interface Sampler {
  /**
   * Turns noise into the next states, in place. x starts as sigma_0 times the noise; each level moves it,
   * x + (x - D)/sigma (next - sigma), where D is the denoiser's estimate. At the last level `next` is 0, so the sample is D
   * itself.
   * @param x [B, S] standard normal
   * @param context [B, L, S]
   * @param embeddings [B, E] by level: of the actions that it sees
   */
  sample(x: Tensor, context: Tensor, embeddings: Embeddings): Promise<void>
}

/** For steps of B rows. @param rows B */
export const samplerOf = (
  spec: DimaSpec,
  { denoise, sample }: Pick<DimaGraphs, 'denoise' | 'sample'>,
  levels: readonly Level[],
  rows: number,
): Sampler =>
  sample && areComposed(levels, spec) ? new OneCall(sample, levels) : new CallByCall(denoise, levels, rows)

/** All levels in one graph (composed-graphs.ts). */
class OneCall implements Sampler {
  private readonly session: GraphSession
  private readonly sigma: number
  /** a level for each embedding that differs */
  private readonly shown: number[]

  constructor(session: GraphSession, levels: readonly Level[]) {
    this.session = session
    this.sigma = levels[0]!.sigma
    this.shown = firstShown(shownAt(levels))
  }

  async sample(x: Tensor, context: Tensor, embeddings: Embeddings): Promise<void> {
    scale(x.data, this.sigma)
    const shown = this.shown.map((level, i) => [`embedding_${i}`, embeddings[level]!])
    const { next } = await this.session.run({ noisy: x, context, ...Object.fromEntries(shown) })
    x.data.set(next!.data)
  }
}

/** A call for each level. */
class CallByCall implements Sampler {
  private readonly session: GraphSession
  private readonly levels: readonly Level[]
  private readonly sigmas: Tensor[] // [B, 1] by level: what is the same at every step is made once

  constructor(session: GraphSession, levels: readonly Level[], rows: number) {
    this.session = session
    this.levels = levels
    this.sigmas = levels.map(({ sigma }) => tensor([rows, 1], new Float32Array(rows).fill(sigma)))
  }

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

export function scale(x: Float32Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! * factor
}

/** Keeps so much of the way to where the denoiser points. */
function approach(x: Float32Array, denoised: Float32Array, keep: number): void {
  for (let i = 0; i < x.length; i++) x[i] = keep * x[i]! + (1 - keep) * denoised[i]!
}
