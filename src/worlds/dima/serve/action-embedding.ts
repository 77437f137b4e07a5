// Embeds joint actions for the denoiser. An embedding depends on the actions and on which are visible, not on the sample
// or the noise level, so each (visible set, step, row) is computed once, those of an open-loop rollout all together.
import { concatenate, rows, type Tensor, tensor } from '../../../common/tensors.ts'
import { CPU } from '../../../engine/device.ts'
import type { GraphSession } from '../../../engine/session.ts'
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import type { DimaSpec } from './manifest.ts'
import type { Level } from './plan.ts'

/** The embeddings [R, E] of a visible set. */
export type Embeddings = (visible: number[]) => Tensor

/** Embeds windows of joint actions for every visible set of a plan. */
export class ActionEmbedder {
  private readonly session: GraphSession
  private readonly masks: VisibilityMask[]

  constructor(session: GraphSession, levels: readonly Level[]) {
    this.session = session
    const sets = new Map(levels.map(({ visible }) => [visible.join(), visible]))
    this.masks = [...sets.values()].map((visible) => new VisibilityMask(visible))
  }

  /** @param windows [R, L, N, A] */
  async embed(windows: Tensor): Promise<Embeddings> {
    const bySet = new Map<string, Tensor>()
    for (const mask of this.masks) bySet.set(mask.visible.join(), await this.embedAll(windows, mask))
    return (visible) => bySet.get(visible.join())!
  }

  /** [R, E]; calls write their parts of it in place. */
  private async embedAll(windows: Tensor, mask: VisibilityMask): Promise<Tensor> {
    const [count = 0] = windows.shape
    const first = await this.embedPart(rows(windows, 0, Math.min(count, CPU.embedRows)), mask)
    if (count <= CPU.embedRows) return first
    const all = tensor([count, ...first.shape.slice(1)])
    all.data.set(first.data)
    for (let from = CPU.embedRows; from < count; from += CPU.embedRows) {
      const to = Math.min(count, from + CPU.embedRows)
      await this.embedPart(rows(windows, from, to), mask, rows(all, from, to))
    }
    return all
  }

  /** Too few rows are embedded several times, so that a row alone is computed as it is in company. */
  private async embedPart(actions: Tensor, mask: VisibilityMask, into?: Tensor): Promise<Tensor> {
    const [count = 0] = actions.shape
    const times = Math.ceil(CPU.fewestAlike / count)
    const repeated = times === 1 ? actions : repeat(actions, times)
    const feeds = { actions: repeated, mask: mask.of(repeated) }
    const buffers = into && times === 1 ? { embedding: into } : {}
    const embedding = rows((await this.session.run(feeds, buffers)).embedding!, 0, count)
    if (into && embedding.data.buffer !== into.data.buffer) into.data.set(embedding.data)
    return embedding
  }
}

/** Which agents' actions the denoiser sees: past slots are all visible, the current one as given. */
class VisibilityMask {
  readonly visible: readonly number[]
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

const repeat = ({ data, shape: [count = 0, ...rest] }: Tensor, times: number): Tensor =>
  tensor([times * count, ...rest], concatenate(Array.from({ length: times }, () => data)))

/** The joint actions before the first step, [B, L, N, A]: `push` brings each step's. Padding is zero. */
export function pastWindows(
  spec: DimaSpec,
  { batch: B, pastActions, windows }: Pick<Rollout, 'batch' | 'pastActions' | 'windows'>,
): Float32Array {
  const { L, N, A } = lettersOf(spec)
  const joint = N * A
  const data = new Float32Array(B * L * joint)
  for (let row = 0; row < B; row++) {
    const padding = (L - windows[row]!) * joint
    for (let i = padding; i < (L - 1) * joint; i++)
      data[row * L * joint + joint + i] = pastActions[row * (L - 1) * joint + i]!
  }
  return data
}
