// Which agents' actions the denoiser sees: past slots are all visible, the current one as given.
import { rows, type Tensor, tensor } from '../../../common/tensors.ts'

export class VisibilityMask {
  private readonly visible: readonly number[]
  private made = tensor([0])

  constructor(visible: readonly number[]) {
    this.visible = visible
  }

  /** [R, L, N] of 0 and 1, for actions [R, L, N, A]. */
  of({ shape: [count = 0, L = 0, N = 0] }: Tensor): Tensor {
    if (this.made.shape[0]! < count) this.made = this.make(count, L, N)
    return rows(this.made, 0, count)
  }

  private make(count: number, L: number, N: number): Tensor {
    const mask = tensor([count, L, N])
    for (let i = 0; i < mask.data.length; i++) {
      const [slot, agent] = [Math.floor(i / N) % L, i % N]
      mask.data[i] = slot < L - 1 || this.visible.includes(agent) ? 1 : 0
    }
    return mask
  }
}
