// A policy as the graph of a bundle: what the agents observe, to mean and deviation of their actions, of a
// choice the probability of each option and its deviation. The same for worlds
// of every kind, and for runs without one.
import { compileServing, type ServingGraph } from '../graph/serving-graph.ts'
import { momentsOf } from './action-heads.ts'
import type { Actor } from './actor.ts'
import type { Widths } from './dimensions.ts'

export function policyGraph(
  policy: Pick<Actor, 'act'>,
  { agents: N, action: A, observation: O, forms }: Omit<Widths, 'state'>,
): ServingGraph {
  return {
    network: 'policy',
    inputs: (B) => [{ name: 'observations', shape: [B, N, O] }],
    outputs: (B) => ['mean', 'std'].map((name) => ({ name, shape: [B, N, A] })),
    build: (w, { observations }) => ({ ...momentsOf(policy.act(w, observations!), forms) }),
  }
}

export const compilePolicy = (
  policy: Actor,
  widths: Omit<Widths, 'state'>,
  weights: ReadonlyMap<string, Float32Array>,
): Uint8Array => compileServing('policy', policyGraph(policy, widths), policy.parameters, weights)
