// Episodes of one of our own tasks, played by the random policy. Episode i is a function of the seed and i.
import { Rng } from '../../common/rng.ts'
import { makeEnv, taskSpec } from '../../env/make-env.ts'
import type { ParallelEnv } from '../../env/parallel-env.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { collectEpisode, gaussianPolicy, type Policy } from '../collect.ts'
import type { Episode } from '../episode.ts'
import type { EpisodeSource, Origin } from './source.ts'

export interface EnvironmentOptions {
  seed: number
  policyStd: number
}

export class EnvironmentSource implements EpisodeSource {
  readonly spec: TaskSpec
  readonly origin: Origin = { kind: 'environment' }
  private readonly env: ParallelEnv
  private readonly policy: Policy
  private readonly seed: number

  constructor(spec: TaskSpec, env: ParallelEnv, { seed, policyStd }: EnvironmentOptions) {
    this.spec = spec
    this.env = env
    this.seed = seed
    this.policy = gaussianPolicy(env, policyStd)
  }

  static open = async (task: string, options: EnvironmentOptions): Promise<EnvironmentSource> =>
    new EnvironmentSource(taskSpec(task), await makeEnv(task), options)

  async collect(first: number): Promise<Episode[]> {
    return [collectEpisode(this.env, this.policy, this.seed, 'collect', first)]
  }

  /** On a stream of their own: `held-out` keys never coincide with `collect` keys. */
  async heldOut(count: number, seed: number): Promise<Episode[]> {
    return Array.from({ length: count }, (_, i) => collectEpisode(this.env, this.policy, seed, 'held-out', i))
  }

  async starts(count: number): Promise<Float64Array[]> {
    const rng = new Rng('starts')
    return Array.from({ length: count }, () => {
      this.env.reset({ seed: rng.uint32() })
      return this.env.state()
    })
  }

  async close(): Promise<void> {
    this.env.close()
  }
}
