// Imagines the states of a rollout one after the other, from one noise and one set of buffers, whoever chooses the actions.
import type { Streams } from '../../../common/streams.ts'
import { type Tensor, tensor } from '../../../common/tensors.ts'
import type { Rollout } from '../../rollout.ts'
import { lettersOf } from '../../world.ts'
import type { Embeddings } from './action-embedding.ts'
import { ImaginedStates } from './imagined-states.ts'
import type { DimaSpec } from './manifest.ts'
import type { Level } from './plan.ts'
import { type Sampler, samplerOf } from './sampler.ts'
import { latestOf, scaledStarts } from './scaling.ts'
import { SlidingWindows } from './sliding-windows.ts'
import type { DimaGraphs } from './spec.ts'

export class Imagining {
  readonly imagined: ImaginedStates
  /** [B, S] the latest x: of the start, before the first step */
  readonly latest: Tensor
  private readonly streams: Streams
  private readonly sampler: Sampler
  private readonly context: Tensor // [B, L, S] x
  private readonly windows: SlidingWindows

  constructor(spec: DimaSpec, graphs: DimaGraphs, levels: Level[], rollout: Rollout, streams: Streams) {
    const { L, S } = lettersOf(spec)
    const { batch: B } = rollout
    this.streams = streams
    this.sampler = samplerOf(spec, graphs, levels, B)
    this.context = tensor([B, L, S], scaledStarts(spec, rollout))
    this.windows = new SlidingWindows(this.context.data, B, S)
    this.latest = tensor([B, S], latestOf(spec, this.context.data))
    this.imagined = new ImaginedStates(spec, rollout, this.latest.data)
  }

  /** Where action t leads, given what the denoiser sees of the actions. */
  async step(t: number, embeddings: Embeddings): Promise<void> {
    const [, S = 0] = this.latest.shape
    const x = this.latest.data
    this.streams.normals(S, [t], x)
    await this.sampler.sample(this.latest, this.context, embeddings)
    this.imagined.add(t, x)
    this.windows.push(x)
  }
}
