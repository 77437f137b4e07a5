// Embeds joint actions for the denoiser. An embedding depends on the actions and on which are visible, not on the sample
// or the noise level, so each (visible set, step, row) is computed once.
import { concatenate, rows, sizeOf, type Tensor, tensor } from '../../../common/tensors.ts'
import { CPU } from '../../../engine/device.ts'
import type { GraphSession } from '../../../engine/session.ts'
import type { Level } from './plan.ts'
import { VisibilityMask } from './visibility-mask.ts'

/** [R, E] by level: levels that show the same agents have the same. */
export type Embeddings = readonly Tensor[]

/** Embeds windows of joint actions for every visible set of a plan. */
export class ActionEmbedder {
  private readonly session: GraphSession
  private readonly masks = new Map<string, VisibilityMask>()
  private readonly buffers = new Map<VisibilityMask, Tensor>()
  /** by level: the key of its mask */
  private readonly shown: string[]

  constructor(session: GraphSession, levels: readonly Level[]) {
    this.session = session
    this.shown = levels.map(({ visible }) => visible.join())
    for (const { visible } of levels) this.masks.set(visible.join(), new VisibilityMask(visible))
  }

  /**
   * Those of an earlier call may be written over.
   * @param windows [R, L, N, A]
   */
  async embed(windows: Tensor): Promise<Embeddings> {
    const found = new Map<string, Tensor>()
    for (const [key, mask] of this.masks) found.set(key, await this.embedAll(windows, mask))
    return this.shown.map((key) => found.get(key)!)
  }

  /** [R, E]; where several calls are needed each writes its part. */
  private async embedAll(windows: Tensor, mask: VisibilityMask): Promise<Tensor> {
    const [count = 0] = windows.shape
    const { embedRows } = this.session.policy ?? CPU
    const size = Math.ceil(count / Math.ceil(count / embedRows))
    const first = await this.embedPart(rows(windows, 0, size), mask)
    if (size === count) return first
    const all = this.buffer(mask, [count, ...first.shape.slice(1)])
    all.data.set(first.data)
    for (let from = size; from < count; from += size) {
      const to = Math.min(count, from + size)
      await this.embedPart(rows(windows, from, to), mask, rows(all, from, to))
    }
    return all
  }

  private buffer(mask: VisibilityMask, shape: number[]): Tensor {
    const known = this.buffers.get(mask)
    if (known?.data.length === sizeOf(shape)) return known
    const made = tensor(shape)
    this.buffers.set(mask, made)
    return made
  }

  /** Too few rows are embedded several times, so that a row alone is computed as it is in company. */
  private async embedPart(actions: Tensor, mask: VisibilityMask, into?: Tensor): Promise<Tensor> {
    const [count = 0] = actions.shape
    const times = Math.ceil((this.session.policy ?? CPU).fewestAlike / count)
    const many = times === 1 ? actions : repeated(actions, times)
    const feeds = { actions: many, mask: mask.of(many) }
    const buffers = into && times === 1 ? { embedding: into } : {}
    const embedding = rows((await this.session.run(feeds, buffers)).embedding!, 0, count)
    if (into && embedding.data.buffer !== into.data.buffer) into.data.set(embedding.data)
    return embedding
  }
}

/** Rows [R, ...], so many times over: [times * R, ...]. */
export const repeated = ({ data, shape: [count = 0, ...rest] }: Tensor, times: number): Tensor =>
  tensor([times * count, ...rest], concatenate(Array.from({ length: times }, () => data)))
