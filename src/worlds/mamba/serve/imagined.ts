// The steps of a rollout as they are imagined. B rows, H steps, N agents, F numbers of a latent state.
import { cutRows, pasteRows } from '../../../common/tensors.ts'
import type { Rollout } from '../../rollout.ts'
import type { Stepped } from './calls.ts'
import type { sizesOf } from './manifest.ts'

export class Imagined {
  /** [B, H + 1, N, F] where action t is taken, and after the last */
  readonly latents: Float32Array
  /** [B, H] */
  readonly rewards: Float32Array
  readonly ends: Float32Array
  /** [B, N, F] */
  latest: Float32Array
  private readonly batch: number
  private readonly width: number

  /** @param start [B, N, F] */
  constructor(
    { N, F }: Pick<ReturnType<typeof sizesOf>, 'N' | 'F'>,
    { batch: B, horizon: H }: Pick<Rollout, 'batch' | 'horizon'>,
    start: Float32Array,
  ) {
    this.batch = B
    this.width = N * F
    this.latents = new Float32Array(B * (H + 1) * N * F)
    this.rewards = new Float32Array(B * H)
    this.ends = new Float32Array(B * H)
    this.latest = start
    pasteRows(this.latents, B, 0, start)
  }

  /** Where action t leads. */
  add(t: number, { latents, rewards, ends }: Stepped): void {
    pasteRows(this.latents, this.batch, (t + 1) * this.width, latents)
    pasteRows(this.rewards, this.batch, t, rewards)
    pasteRows(this.ends, this.batch, t, ends)
    this.latest = latents
  }

  /** [B, H, N, F] after each action */
  get reached(): Float32Array {
    return this.from(this.width)
  }

  /** [B, H, N, F] where each action is taken */
  get before(): Float32Array {
    return this.from(0)
  }

  private from(offset: number): Float32Array {
    const { batch, width, latents } = this
    return cutRows(latents, batch, offset, latents.length / batch - width)
  }
}
