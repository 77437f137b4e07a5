// What actor and critic learn from: imagined steps with the returns that follow and their advantages, agent by agent. B rows, H
// steps, N agents, A action, F numbers of a latent state.
import type { Rng } from '../../common/rng.ts'
import { cutRows, pasteRows } from '../../common/tensors.ts'
import type { Trajectories } from '../../worlds/rollout.ts'
import { type Discounts, lambdaReturns, standardised } from '../policy/advantages.ts'

export interface LatentBatch {
  /** [R, N, F] */
  latents: Float32Array
  /** [R, N, A] */
  actions: Float32Array
  /** [R, N] each */
  logProbabilities: Float32Array
  advantages: Float32Array
  returns: Float32Array
}

/**
 * R = B * H rows, in which nothing ends: what follows is weighed by the probability that it does (docs/mamba.md).
 * @param values [B, H + 1, N]
 */
export function batchOf(
  { drawn, actions, rewards, terminationProbabilities, lengths }: Trajectories,
  values: Float32Array,
  discounts: Discounts & { advantageEpsilon: number },
): LatentBatch {
  const B = lengths.length
  const H = rewards.length / B
  const N = values.length / (B * (H + 1))
  const continues = terminationProbabilities.map((ends) => 1 - ends)
  const returns = new Float32Array(B * H * N)
  for (let agent = 0; agent < N; agent++) {
    const own = cutRows(values, B * (H + 1), agent, 1) // [B, H + 1]
    pasteRows(returns, B * H, agent, lambdaReturns(rewards, continues, own, H, discounts))
  }
  const withoutLast = (all: Float32Array) => cutRows(all, B, 0, (all.length / B / (H + 1)) * H)
  const before = withoutLast(values)
  const advantages = returns.map((value, i) => value - before[i]!)
  return {
    latents: withoutLast(drawn!.latents!),
    actions: actions!,
    logProbabilities: drawn!.logProbabilities,
    advantages: standardised(advantages, discounts.advantageEpsilon),
    returns,
  }
}

/** Equal parts of `size` rows in random order. */
export function partsOf(batch: LatentBatch, rows: number, size: number, rng: Rng): LatentBatch[] {
  const order = rng.permutation(rows)
  return Array.from({ length: Math.floor(rows / size) }, (_, part) => {
    const chosen = order.slice(part * size, (part + 1) * size)
    const picked = Object.entries(batch).map(([name, all]: [string, Float32Array]) => {
      const width = all.length / rows
      const own = new Float32Array(size * width)
      for (const [to, from] of chosen.entries())
        own.set(all.subarray(from * width, (from + 1) * width), to * width)
      return [name, own]
    })
    return Object.fromEntries(picked) as unknown as LatentBatch
  })
}
