// The policy of a bundle of this kind in a true environment: it acts on latent states, which are made of what all agents see at
// every step and of what they did before. E copies, N agents, A action, O observation, C classes, F numbers of a latent state.
import type { Rng } from '../../../common/rng.ts'
import { concatenate } from '../../../common/tensors.ts'
import { openGraphs } from '../../open-simulator.ts'
import type { Player } from '../../player.ts'
import type { GraphBytes, Graphs, WorldSpec } from '../../world.ts'
import { Calls } from './calls.ts'
import { type PerGraph, sizesOf } from './manifest.ts'

/** @param graphs with the policy */
export async function openPlayer(spec: WorldSpec, { observe, policy }: GraphBytes): Promise<Player> {
  return new MambaPlayer(spec, await openGraphs({ observe, policy }))
}

/** Of one copy. */
interface Remembered {
  latents: Float32Array // [N, F]
  actions: Float32Array // [N, A]
  rng: Rng | undefined
}

class MambaPlayer implements Player {
  private readonly calls: Calls
  private readonly graphs: Graphs
  private readonly sizes: ReturnType<typeof sizesOf>
  private readonly copies: Remembered[] = []

  constructor(spec: WorldSpec, graphs: Graphs) {
    this.graphs = graphs
    this.calls = new Calls(spec, graphs as unknown as PerGraph<Graphs[string]>)
    this.sizes = sizesOf(spec)
  }

  begin(copy: number, rng?: Rng): void {
    const { N, A } = this.sizes
    this.copies[copy] = { latents: this.calls.empty(1), actions: new Float32Array(N * A), rng }
  }

  async act(observations: Float32Array, copies: number) {
    const { N, C, F } = this.sizes
    for (let copy = 0; copy < copies; copy++) if (!this.copies[copy]) this.begin(copy)
    const all = this.copies.slice(0, copies)
    const next = await this.calls.observe({
      observations,
      actions: concatenate(all.map(({ actions }) => actions)),
      latents: concatenate(all.map(({ latents }) => latents)),
      uniforms: concatenate(all.map(({ rng }) => rng?.uniforms(N * C) ?? new Float32Array(N * C))),
    })
    for (const [copy, one] of all.entries()) one.latents = next.slice(copy * N * F, (copy + 1) * N * F)
    return this.calls.lean(next)
  }

  took(copy: number, actions: readonly Float32Array[]): void {
    this.copies[copy]!.actions.set(concatenate(actions))
  }

  async close(): Promise<void> {
    for (const session of Object.values(this.graphs)) await session.release()
  }
}
