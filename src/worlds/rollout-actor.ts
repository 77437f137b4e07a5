// The joint actions of a rollout with a policy: the policy's for the agents that it acts for, the given ones for the
// others. Entries that an agent has no actuator for are 0.
import { drawChoices } from '../common/action-draw.ts'
import { drawn, logDensity } from '../common/gaussian-draw.ts'
import type { Streams } from '../common/streams.ts'
import { inSpace, type Leanings, layoutOfAgent } from './acting.ts'
import type { Rollout } from './rollout.ts'
import { lettersOf, type WorldSpec } from './world.ts'

/** What actions are drawn from at a step, each [B, N, A]. */
interface Draws {
  mean: Float32Array
  std: Float32Array
  /** standard normal; absent: the mean */
  noise: Float32Array | undefined
}

export class RolloutActor {
  /** [B, H, N, A] */
  readonly actions: Float32Array
  /** [B, H, N] log-densities, 0 for agents whose action was given */
  readonly logProbabilities: Float32Array
  private readonly spec: WorldSpec
  private readonly rollout: Rollout
  private readonly acting: NonNullable<Rollout['policy']>
  private readonly noise: Float32Array | undefined

  constructor(spec: WorldSpec, rollout: Rollout, acting: NonNullable<Rollout['policy']>) {
    const { N, A } = lettersOf(spec)
    this.spec = spec
    this.rollout = rollout
    this.acting = acting
    this.actions = rollout.actions.slice()
    this.logProbabilities = new Float32Array(rollout.batch * rollout.horizon * N)
    this.noise = acting.mode === 'sample' ? new Float32Array(rollout.batch * N * A) : undefined
  }

  /**
   * Takes action t.
   * @param leanings [B, N, A] of the policy
   */
  act(t: number, { mean, std }: Pick<Leanings, 'mean' | 'std'>, streams: Streams): void {
    const { batch: B, horizon: H } = this.rollout
    const { N, A } = lettersOf(this.spec)
    if (this.noise) streams.normals(N * A, [t, 'policy'], this.noise)
    const draws = { mean, std, noise: this.noise }
    for (let row = 0; row < B; row++)
      for (let agent = 0; agent < N; agent++)
        if (this.acting.agents[agent])
          this.draw(draws, (row * N + agent) * A, agent, (row * H + t) * N + agent)
  }

  /** One agent's action. @param to its place among log-densities */
  private draw({ mean, std, noise }: Draws, from: number, agent: number, to: number): void {
    const { A } = lettersOf(this.spec)
    const layout = layoutOfAgent(this.spec, agent)
    const noiseOf = (i: number) => (noise ? noise[from + i]! : 0)
    this.actions.fill(0, to * A, (to + 1) * A)
    for (let i = 0; i < layout.box; i++) {
      const z = noiseOf(i)
      this.logProbabilities[to]! += logDensity(std[from + i]!, z)
      const sampled = drawn(mean[from + i]!, std[from + i]!, z)
      // a learner's actions are not kept inside their space
      this.actions[to * A + i] = this.acting.learning ? sampled : inSpace(this.spec, agent, i, sampled)
    }
    const draw = { from, to: to * A, noise: noiseOf }
    this.logProbabilities[to]! += drawChoices(layout, mean, draw, this.actions)
  }
}
