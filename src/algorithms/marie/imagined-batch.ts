// What actor and critic learn from: imagined steps with the returns that follow, agent by agent. B rows, H steps, N agents, O
// observation.
import { cutRows, pasteRows } from '../../common/tensors.ts'
import type { Trajectories } from '../../worlds/rollout.ts'
import { type Discounts, lambdaReturns, standardised } from '../policy/advantages.ts'
import type { PpoBatch } from '../policy/ppo.ts'
import type { ValueNormaliser } from '../policy/value-normaliser.ts'

/**
 * What the policy saw at every step, and what it would see after the last: [B, H + 1, N, O].
 * @param trajectories that show decoded observations
 */
export function seenIn({ drawn, observations, rewards, lengths }: Trajectories): Float32Array {
  const B = lengths.length
  const H = rewards.length / B
  const joint = observations.length / (B * H) // N * O
  const all = new Float32Array(B * (H + 1) * joint)
  pasteRows(all, B, 0, drawn!.observations!)
  pasteRows(all, B, H * joint, cutRows(observations, B, (H - 1) * joint, joint))
  return all
}

/**
 * R = B * H samples of agents apart. Nothing ends in them: what follows is weighed by the probability that it does.
 * @param seen [B, H + 1, N, O]
 * @param values [B, H + 1, N] of them, in the units of the normaliser
 */
export function batchOf(
  { drawn, actions, rewards, terminationProbabilities, lengths }: Trajectories,
  seen: Float32Array,
  values: Float32Array,
  normaliser: ValueNormaliser,
  discounts: Discounts & { advantageEpsilon: number },
): PpoBatch {
  const B = lengths.length
  const H = rewards.length / B
  const N = values.length / (B * (H + 1))
  const worth = normaliser.denormalise(values)
  const continues = terminationProbabilities.map((ends) => 1 - ends)
  const returns = new Float32Array(B * H * N)
  for (let agent = 0; agent < N; agent++) {
    const own = lambdaReturns(rewards, continues, cutRows(worth, B * (H + 1), agent, 1), H, discounts)
    pasteRows(returns, B * H, agent, own)
  }
  const atActions = (all: Float32Array) => cutRows(all, B, 0, (all.length / (B * (H + 1))) * H)
  const before = atActions(worth)
  const observations = atActions(seen)
  return {
    ...{ samples: B * H, agents: N, observations, inputs: observations, returns },
    actions: actions!,
    logProbabilities: drawn!.logProbabilities,
    advantages: standardised(
      returns.map((value, i) => value - before[i]!),
      discounts.advantageEpsilon,
    ),
    values: atActions(values),
  }
}
