// The graphs of this kind as functions of flat arrays. B rows, N agents, A action, S state, O observation, C classes, F numbers
// of a latent state.
import { tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import { type Leanings, noPolicy } from '../../acting.ts'
import { endsOf, perceive, recover, teamMeans } from '../../closed-form-graphs.ts'
import type { WorldSpec } from '../../world.ts'
import { asMamba, type MambaSpec, type PerGraph, sizesOf } from './manifest.ts'

export interface Observed {
  /** [B, N, O] */
  observations: Float32Array
  /** [B, N, A] what led there; zero at a start */
  actions: Float32Array
  /** [B, N, F] before them */
  latents: Float32Array
  /** [B, N, C] that the classes are drawn by */
  uniforms: Float32Array
}

export interface Stepped {
  /** [B, N, F] */
  latents: Float32Array
  /** [B] of the team: the mean over its agents */
  rewards: Float32Array
  /** [B] the same of 1 - the probability that it goes on; 0 of a model whose data has no end to learn of */
  ends: Float32Array
}

export class Calls {
  readonly spec: MambaSpec
  private readonly graphs: PerGraph<GraphSession>
  private readonly sizes: ReturnType<typeof sizesOf>

  constructor(spec: WorldSpec, graphs: PerGraph<GraphSession>) {
    this.spec = asMamba(spec)
    this.graphs = graphs
    this.sizes = sizesOf(spec)
  }

  /** Latent states of agents of which nothing was seen: [B, N, F]. */
  empty(rows: number): Float32Array {
    const { N, D, F } = this.sizes
    return new Float32Array(rows * N * F).map((_, i) => (i % F < D ? 0 : -1))
  }

  /** The latent states after what was seen, [B, N, F]. */
  async observe({ observations, actions, latents, uniforms }: Observed): Promise<Float32Array> {
    const { N, A, O, C, F } = this.sizes
    const B = latents.length / (N * F)
    const out = await this.graphs.observe.run({
      observations: tensor([B, N, O], observations),
      actions: tensor([B, N, A], actions),
      latents: tensor([B, N, F], latents),
      uniforms: tensor([B, N, C], uniforms),
    })
    return out.next!.data
  }

  async imagine(actions: Float32Array, latents: Float32Array, uniforms: Float32Array): Promise<Stepped> {
    const { N, A, C, F } = this.sizes
    const B = latents.length / (N * F)
    const out = await this.graphs.imagine.run({
      actions: tensor([B, N, A], actions),
      latents: tensor([B, N, F], latents),
      uniforms: tensor([B, N, C], uniforms),
    })
    return {
      latents: out.next!.data,
      rewards: teamMeans(out.rewards!.data, N),
      ends: endsOf(out.continues!.data, N, this.spec.terminates),
    }
  }

  /** Latent states [..., N, F] -> observations [..., N, O]. */
  async decode(latents: Float32Array): Promise<Float32Array> {
    const { N, F } = this.sizes
    const given = tensor([latents.length / (N * F), N, F], latents)
    return (await this.graphs.decode.run({ latents: given })).observations!.data
  }

  /** DimaError `no_policy` */
  async lean(latents: Float32Array): Promise<Leanings> {
    const began = performance.now()
    const { N, F } = this.sizes
    if (!this.graphs.policy) throw noPolicy()
    const out = await this.graphs.policy.run({ latents: tensor([latents.length / (N * F), N, F], latents) })
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
