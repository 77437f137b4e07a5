// Episodes of a vector environment, ours or one behind a bridge, played by the random policy.
import { Rng } from '../../common/rng.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { VectorEnv } from '../../env/vector/vector-env.ts'
import type { Episode } from '../episode.ts'
import type { EpisodeSource, Origin } from './source.ts'
import { type CollectorOptions, VectorCollector } from './vector-collector.ts'

export interface PlayOptions {
  seed: number
  policyStd: number
}

export class VectorSource implements EpisodeSource {
  readonly spec: TaskSpec
  readonly origin: Origin
  private readonly env: VectorEnv
  private readonly options: PlayOptions
  private training: VectorCollector | undefined

  /** Takes over the environment: `close` closes it. */
  constructor(spec: TaskSpec, origin: Origin, env: VectorEnv, options: PlayOptions) {
    this.spec = spec
    this.origin = origin
    this.env = env
    this.options = options
  }

  collect(first: number, steps: number): Promise<Episode[]> {
    this.training ??= this.collector({ ...this.options, purpose: 'collect' })
    return this.training.take(first, steps)
  }

  async heldOut(count: number, seed: number): Promise<Episode[]> {
    const collector = this.collector({ ...this.options, seed, purpose: 'held-out' })
    const episodes: Episode[] = []
    while (episodes.length < count) episodes.push(...(await collector.take(episodes.length, 1)))
    return episodes
  }

  async starts(count: number): Promise<Float64Array[]> {
    this.training = undefined
    const [rng, starts]: [Rng, Float64Array[]] = [new Rng('starts'), []]
    const width = this.env.stateSpace.shape[0]!
    while (starts.length < count) {
      const seed = Array.from({ length: this.env.numEnvs }, () => rng.uint32())
      const { states } = await this.env.reset({ seed })
      for (let e = 0; e < seed.length; e++) starts.push(states.slice(e * width, (e + 1) * width))
    }
    return starts.slice(0, count)
  }

  close(): Promise<void> {
    return this.env.close()
  }

  /** A new collector begins with a reset of all copies: whoever played before has to begin afresh too. */
  private collector(options: CollectorOptions): VectorCollector {
    this.training = undefined
    return new VectorCollector(this.env, options)
  }
}
