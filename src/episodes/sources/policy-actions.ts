// Actions of a policy for many copies: drawn from its distributions, or their means and
// likeliest options.
import { drawAction, type Moments } from '../../common/action-draw.ts'
import type { ActionLayout } from '../../common/action-layout.ts'
import type { Rng } from '../../common/rng.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import { layoutIn } from '../../env/spaces.ts'
import type { VectorEnv } from '../../env/vector/vector-env.ts'
import type { ActingPolicy, Actions } from './actions.ts'

export type ActingMode = 'sample' | 'mean'

export class PolicyActions implements Actions {
  readonly values: PerAgent<Float32Array>
  private readonly names: readonly string[]
  private readonly copies: number
  private readonly width: number // A
  private readonly layouts: readonly ActionLayout[]
  private readonly policy: ActingPolicy
  private readonly mode: ActingMode
  private moments: Moments = { mean: [], std: [] } // [E, N, A]

  constructor(env: VectorEnv, policy: ActingPolicy, mode: ActingMode) {
    this.names = env.possibleAgents
    this.copies = env.numEnvs
    this.width = env.actionSpace(this.names[0]!).shape[0]!
    this.layouts = this.names.map((name) => layoutIn(env.actionSpace(name)))
    this.policy = policy
    this.mode = mode
    this.values = Object.fromEntries(
      this.names.map((name) => [name, new Float32Array(this.copies * this.width)]),
    )
  }

  shown(copy: number, rng: Rng): void {
    this.policy.begin?.(copy, rng)
  }

  async see(observations: PerAgent<Float64Array>): Promise<void> {
    const seen = sideBySide(observations, this.names, this.copies)
    this.moments = await this.policy.act(seen, this.copies)
  }

  draw(copy: number, rng: Rng): void {
    const { names, width: A } = this
    const noise = this.mode === 'sample' ? () => rng.normal() : () => 0
    for (const [n, name] of names.entries()) {
      const draw = { from: (copy * names.length + n) * A, to: copy * A, noise }
      drawAction(this.layouts[n]!, this.moments, draw, this.values[name]!)
    }
    this.policy.took?.(copy, this.of(copy))
  }

  of(copy: number): Float32Array[] {
    return this.names.map((name) => this.values[name]!.subarray(copy * this.width, (copy + 1) * this.width))
  }
}

/** agent -> [E, O] to [E, N, O] */
export function sideBySide(
  observations: PerAgent<Float64Array>,
  names: readonly string[],
  copies: number,
): Float32Array {
  const O = observations[names[0]!]!.length / copies
  const all = new Float32Array(copies * names.length * O)
  for (const [n, name] of names.entries())
    for (let e = 0; e < copies; e++)
      all.set(observations[name]!.subarray(e * O, (e + 1) * O), (e * names.length + n) * O)
  return all
}
