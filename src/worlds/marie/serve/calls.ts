// The graphs of this kind as functions of flat arrays. B rows, N agents, A action, S state, O observation, K tokens, P tokens of a
// step, T positions of a cache, M layers, h heads, w width of one.
import { type NamedTensors, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { type Leanings, noPolicy } from '../../acting.ts'
import { endsOf, perceive, recover, teamMeans } from '../../closed-form-graphs.ts'
import type { WorldSpec } from '../../world.ts'
import { asMarie, cacheNames, type MarieSpec, type PerGraph, sizesOf } from './manifest.ts'

/** What is cached of rows, side by side. */
export interface Caches {
  /** T */
  room: number
  /** [B] positions that count, the first ones */
  filled: readonly number[]
  /** of a layer, first all keys, [B, N, h, T, w] each */
  parts: readonly Float32Array[]
}

export interface StepFeeds {
  /** [B, N, K] */
  tokens: Float32Array
  /** [B, N, A] */
  actions: Float32Array
  /** [B, N, K] that the next tokens are drawn by */
  uniforms: Float32Array
  /** [B, N, K] those that are known; -1: drawn */
  given: Float32Array
  caches: Caches
}

export interface Stepped {
  /** [B, N, K] */
  next: Float32Array
  /** [B] of the team: the mean over its agents */
  rewards: Float32Array
  /** [B] the same of 1 - the probability that it goes on; 0 of a model whose data has no end to learn of */
  ends: Float32Array
  /** [B, N, 2 M, h, P, w] to be cached behind what is there */
  added: Float32Array
}

export class Calls {
  readonly spec: MarieSpec
  readonly sizes: ReturnType<typeof sizesOf>
  private readonly graphs: PerGraph<GraphSession>
  /** of inputs, in the order of Caches.parts */
  private readonly cacheNames: string[]

  constructor(spec: WorldSpec, graphs: PerGraph<GraphSession>) {
    this.spec = asMarie(spec)
    this.graphs = graphs
    this.sizes = sizesOf(spec)
    const { keys, values } = cacheNames(this.sizes.M)
    this.cacheNames = [...keys, ...values]
  }

  async step({ tokens, actions, uniforms, given, caches }: StepFeeds): Promise<Stepped> {
    const { N, A, K } = this.sizes
    const B = caches.filled.length
    const out = await this.graphs.step.run({
      tokens: tensor([B, N, K], tokens),
      actions: tensor([B, N, A], actions),
      uniforms: tensor([B, N, K], uniforms),
      given: tensor([B, N, K], given),
      ...this.cacheFeeds(caches),
    })
    return {
      next: out.next!.data,
      rewards: teamMeans(out.rewards!.data, N),
      ends: endsOf(out.continues!.data, N, this.spec.terminates),
      added: out.added!.data,
    }
  }

  private cacheFeeds({ room: T, filled, parts }: Caches): NamedTensors {
    const { N, h, w } = this.sizes
    const B = filled.length
    const kept = new Float32Array(B * T)
    for (const [row, positions] of filled.entries()) kept.fill(1, row * T, row * T + positions)
    const cached = this.cacheNames.map((name, i) => [name, tensor([B, N, h, T, w], parts[i]!)])
    return {
      filled: tensor([B, 1], Float32Array.from(filled)),
      kept: tensor([B, 1, 1, 1, T], kept),
      ...Object.fromEntries(cached),
    }
  }

  /** What is cached of tokens [B, N, K] that nothing comes before: [B, N, 2 M, h, K, w]. */
  async prime(tokens: Float32Array): Promise<Float32Array> {
    const { N, K } = this.sizes
    const given = tensor([tokens.length / (N * K), N, K], tokens)
    return (await this.graphs.prime.run({ tokens: given })).added!.data
  }

  /** Observations [..., N, O] -> tokens [..., N, K]. */
  async encode(observations: Float32Array): Promise<Float32Array> {
    const { N, O } = this.sizes
    const given = tensor([observations.length / (N * O), N, O], observations)
    return (await this.graphs.encode.run({ observations: given })).tokens!.data
  }

  /** The reverse. */
  async decode(tokens: Float32Array): Promise<Float32Array> {
    const { N, K } = this.sizes
    const given = tensor([tokens.length / (N * K), N, K], tokens)
    return (await this.graphs.decode.run({ tokens: given })).observations!.data
  }

  /** @param observations [..., N, O] as they are decoded. DimaError `no_policy` */
  async lean(observations: Float32Array): Promise<Leanings> {
    const began = performance.now()
    const { N, O } = this.sizes
    if (!this.graphs.policy) throw noPolicy()
    const given = tensor([observations.length / (N * O), N, O], observations)
    const out = await this.graphs.policy.run({ observations: given })
    return { mean: out.mean!.data, std: out.std!.data, computeMs: performance.now() - began }
  }

  /** States [..., S] in environment units -> observations [..., N, O]. */
  perceive(states: Float64Array): Promise<Float32Array> {
    return perceive(this.graphs.perceive, this.sizes.S, states)
  }

  /** The reverse. */
  recover(observations: Float32Array): Promise<Float64Array> {
    return recover(this.graphs.recover, this.sizes, observations)
  }
}
