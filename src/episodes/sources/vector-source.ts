// Episodes of a vector environment, ours or one behind a bridge, played by the random policy or by one that is learning.
import { Rng } from '../../common/rng.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { VectorEnv } from '../../env/vector/vector-env.ts'
import type { Episode } from '../replay/episode.ts'
import type { ActingPolicy, Actions } from './actions.ts'
import { ExploringActions } from './exploration/exploring-actions.ts'
import type { Exploration } from './exploration/fields.ts'
import { FiniteVectorEnv } from './finite-env.ts'
import { type ActingMode, PolicyActions } from './policy-actions.ts'
import { RandomActions } from './random-actions.ts'
import type { EpisodeSource, Origin } from './source.ts'
import { VectorCollector } from './vector-collector.ts'

export interface PlayOptions {
  seed: number
  policyStd: number
}

export class VectorSource implements EpisodeSource {
  readonly origin: Origin
  private readonly task: { readonly spec: TaskSpec }
  private readonly env: VectorEnv
  private readonly options: PlayOptions
  private training: VectorCollector | undefined
  private collecting: ActingPolicy | undefined
  /** share of the episodes that it plays otherwise */
  private exploring: number | undefined
  /** Copies that policies play in, apart from those that collect. */
  private openApart: ((episodes: number) => Promise<VectorEnv>) | undefined
  private apart: Promise<VectorEnv> | undefined

  /** Takes over the environment: `close` closes it. */
  constructor(task: { readonly spec: TaskSpec }, origin: Origin, env: VectorEnv, options: PlayOptions) {
    this.task = task
    this.origin = origin
    this.env = new FiniteVectorEnv(env)
    this.options = options
  }

  get spec(): TaskSpec {
    return this.task.spec
  }

  get copies(): VectorEnv {
    return this.env
  }

  get playsApart(): boolean {
    return this.openApart !== undefined
  }

  /** Policies play in copies of their own, opened when the first one does, for as many episodes as it plays: those that collect need not begin afresh. */
  playIn(open: (episodes: number) => Promise<VectorEnv>): this {
    this.openApart = async (episodes) => new FiniteVectorEnv(await open(episodes))
    return this
  }

  /**
   * Episodes that an earlier policy has begun are forgotten: another one's would be theirs only in part. So are those that
   * were begun with another share of exploration, which would depend on how many copies play.
   */
  collect(
    first: number,
    steps: number,
    policy?: ActingPolicy,
    exploration?: Exploration,
  ): Promise<Episode[]> {
    if (policy !== this.collecting || exploration?.share !== this.exploring) this.training = undefined
    this.collecting = policy
    this.exploring = exploration?.share
    this.training ??= new VectorCollector(
      this.env,
      { seed: this.options.seed, purpose: 'collect' },
      this.collected(policy, exploration),
    )
    return this.training.take(first, steps)
  }

  private collected(policy?: ActingPolicy, exploration?: Exploration): Actions {
    if (exploration) return new ExploringActions(this.env, { ...this.options, exploration }, policy)
    return policy
      ? new PolicyActions(this.env, policy, 'sample')
      : new RandomActions(this.env, this.options.policyStd)
  }

  heldOut(count: number, seed: number): Promise<Episode[]> {
    this.training = undefined // the copies are reset
    const actions = new RandomActions(this.env, this.options.policyStd)
    return take(new VectorCollector(this.env, { seed, purpose: 'held-out' }, actions), count)
  }

  async play(policy: ActingPolicy, mode: ActingMode, count: number, seed: number): Promise<Episode[]> {
    this.apart ??= this.openApart?.(count)
    const env = (await this.apart) ?? this.env
    if (env === this.env) this.training = undefined
    const actions = new PolicyActions(env, policy, mode)
    return take(new VectorCollector(env, { seed, purpose: 'evaluate' }, actions), count)
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

  async close(): Promise<void> {
    await this.env.close()
    await (await this.apart)?.close()
  }
}

async function take(collector: VectorCollector, count: number): Promise<Episode[]> {
  const episodes: Episode[] = []
  while (episodes.length < count) episodes.push(...(await collector.take(episodes.length, 1)))
  return episodes
}
