// Actions of copies that play each episode in a manner of its own. Episodes that are sampled are, to the last bit, those of
// PolicyActions, or of RandomActions where there is no policy: the random one stands in its place then. Nothing is clipped.
import { drawAction, type Moments } from '../../../common/action-draw.ts'
import { Rng } from '../../../common/rng.ts'
import type { PerAgent } from '../../../env/parallel-env.ts'
import { type Box, choose } from '../../../env/spaces.ts'
import type { VectorEnv } from '../../../env/vector/vector-env.ts'
import type { ActingPolicy, Actions } from '../actions.ts'
import { sideBySide } from '../policy-actions.ts'
import { type RandomPolicy, randomPolicy } from '../random-actions.ts'
import type { Exploration } from './fields.ts'
import { type Manner, mannersOf, type Played, playedAs } from './played.ts'

export interface ExploringOptions {
  seed: number
  policyStd: number
  exploration: Exploration
}

interface Agent {
  values: Float32Array // [E, A]
  random: RandomPolicy
  space: Box // [A]
}

/** What a copy plays. */
interface Playing {
  played: Played
  manners: readonly Manner[]
  /** steps that each agent still holds its action for */
  left: number[]
}

export class ExploringActions implements Actions {
  readonly values: PerAgent<Float32Array>
  private readonly names: readonly string[]
  private readonly copies: number
  private readonly agents: readonly Agent[]
  private readonly options: ExploringOptions
  private readonly policy: ActingPolicy | undefined
  private readonly playing: Playing[] = []
  /** of the policy, [E, N, A] */
  private given: { mean: Float32Array; std: Float32Array } | undefined

  constructor(env: VectorEnv, options: ExploringOptions, policy?: ActingPolicy) {
    this.names = env.possibleAgents
    this.copies = env.numEnvs
    this.options = options
    this.policy = policy
    this.agents = this.names.map((name) => {
      const space = env.actionSpace(name)
      const values = new Float32Array(env.numEnvs * space.low.length)
      return { values, random: randomPolicy(space, options.policyStd), space }
    })
    this.values = Object.fromEntries(this.names.map((name, n) => [name, this.agents[n]!.values]))
  }

  begin(copy: number, index: number): void {
    const { seed, exploration } = this.options
    const played = playedAs(exploration, seed, index)
    const rng = new Rng(seed, 'exploration', index)
    const manners = mannersOf(played, this.agents.length, exploration, rng)
    this.playing[copy] = { played, manners, left: manners.map(() => 0) }
  }

  playedIn(copy: number): Played {
    return this.playing[copy]!.played
  }

  shown(copy: number, rng: Rng): void {
    this.policy?.begin?.(copy, rng)
  }

  async see(observations: PerAgent<Float64Array>): Promise<void> {
    if (!this.policy) return
    this.given = await this.policy.act(sideBySide(observations, this.names, this.copies), this.copies)
  }

  draw(copy: number, rng: Rng): void {
    for (const [n, manner] of this.playing[copy]!.manners.entries()) {
      if (manner.of === 'held') this.hold(copy, n, rng)
      else if (manner.of === 'random') this.write(copy, n, this.agents[n]!.random, 1, rng)
      else this.write(copy, n, this.policyOf(copy, n), manner.noise, rng)
    }
    this.policy?.took?.(copy, this.of(copy))
  }

  of(copy: number): Float32Array[] {
    return this.agents.map(({ values, space: { low } }) =>
      values.subarray(copy * low.length, (copy + 1) * low.length),
    )
  }

  /** Agents of a policy have as many actions each. */
  private policyOf(copy: number, n: number): Moments {
    const { random, space } = this.agents[n]!
    if (!this.given) return random
    const { low } = space
    const from = (copy * this.agents.length + n) * low.length
    const { mean, std } = this.given
    return { mean: mean.subarray(from, from + low.length), std: std.subarray(from, from + low.length) }
  }

  private write(copy: number, n: number, by: Moments, noise: number, rng: Rng): void {
    const { values, random, space } = this.agents[n]!
    const normal = noise === 0 ? () => 0 : () => rng.normal()
    const draw = { from: 0, to: copy * space.low.length, noise: normal, factor: noise }
    drawAction(random.layout, by, draw, values)
  }

  /** What was drawn last stays where it was written. */
  private hold(copy: number, n: number, rng: Rng): void {
    const { values, space } = this.agents[n]!
    const { low, high } = space
    const { left } = this.playing[copy]!
    if (left[n]!-- > 0) return
    left[n] = rng.int(this.options.exploration.mostHeld)
    for (let a = 0; a < low.length; a++)
      values[copy * low.length + a] = low[a]! + (high[a]! - low[a]!) * rng.uniform()
    choose(space, values, copy * low.length, rng)
  }
}
