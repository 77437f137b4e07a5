// The serving graphs that a world model of this kind and its policy become. B rows, N agents, A action, S state, O observation, K
// tokens, P = K + A + 1 tokens of a step, T positions of the cache, M layers, h heads, w width of one.
import type { Rng } from '../../../common/rng.ts'
import { type Tensor, tensor } from '../../../common/tensors.ts'
import type { ClosedForm } from '../../../env/closed-form.ts'
import { bits, type Draw, uniformly } from '../../../graph/random-inputs.ts'
import type { ServingGraph } from '../../../graph/serving-graph.ts'
import type { Actor } from '../../../networks/actor.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { perceiveGraph } from '../../../networks/perceive-graph.ts'
import { policyGraph } from '../../../networks/policy-graph.ts'
import { recoverGraph } from '../../../networks/recover-graph.ts'
import { oneStep, primed, type StepInputs } from '../networks/one-step.ts'
import { blockSize, HISTORY, type NetworksConfig } from '../networks/presets.ts'
import { observationsOf, type Tokenizer, tokensOf } from '../networks/tokenizer.ts'
import type { ActionBounds, WorldNetwork } from '../networks/world-network.ts'
import { cacheNames, type PerGraph } from '../serve/manifest.ts'

/** Those with weights, and the policy where there is one. */
export type Networks = {
  /** servedTokenizer */
  tokenizer: Tokenizer
  world: WorldNetwork
  policy?: Actor
}

export function servingGraphs(
  networks: Networks,
  widths: Widths & ActionBounds,
  config: NetworksConfig,
  form: ClosedForm,
): PerGraph<ServingGraph> {
  return {
    perceive: perceiveGraph(widths, form),
    recover: recoverGraph(widths, form),
    ...tokenizerGraphs(networks.tokenizer, widths, config),
    prime: primeGraph(networks.world, widths, config),
    step: stepGraph(networks.world, widths, config),
    ...(networks.policy ? { policy: policyGraph(networks.policy, widths) } : {}),
  }
}

const named = (name: string, ...shape: number[]) => ({ name, shape })

/** Of so many positions of an agent: [2 M, h, positions, w]. */
const cached = ({ layers, heads, width }: NetworksConfig, positions: number) => [
  2 * layers,
  heads,
  positions,
  width / heads,
]

/** What is seen to tokens, and back. */
export function tokenizerGraphs(
  tokenizer: Tokenizer,
  { agents: N, observation: O }: Pick<Widths, 'agents' | 'observation'>,
  { tokenizer: { tokens: K, codes } }: NetworksConfig,
): Pick<PerGraph<ServingGraph>, 'encode' | 'decode'> {
  const [observations, tokens] = [
    (B: number) => [named('observations', B, N, O)],
    (B: number) => [named('tokens', B, N, K)],
  ]
  return {
    encode: {
      network: 'tokenizer',
      inputs: observations,
      outputs: tokens,
      build: (w, inputs) => ({ tokens: tokensOf(tokenizer, w, inputs.observations!) }),
    },
    decode: {
      network: 'tokenizer',
      inputs: tokens,
      draws: { tokens: whole(codes) },
      outputs: observations,
      build: (w, inputs) => ({ observations: observationsOf(tokenizer, w, inputs.tokens!) }),
    },
  }
}

/** Tokens that nothing comes before to what is cached of them. */
function primeGraph(world: WorldNetwork, { agents: N }: Widths, config: NetworksConfig): ServingGraph {
  const { tokens: K, codes } = config.tokenizer
  return {
    network: 'world',
    inputs: (B) => [named('tokens', B, N, K)],
    draws: { tokens: whole(codes) },
    outputs: (B) => [named('added', B, N, ...cached(config, K))],
    build: (w, { tokens }) => ({ added: primed(world, config, w, tokens!) }),
  }
}

/** One step: what comes next, what it earns, whether it goes on, and what is cached of it. */
function stepGraph(world: WorldNetwork, widths: Widths & ActionBounds, config: NetworksConfig): ServingGraph {
  const { agents: N, action: A } = widths
  const { tokens: K, codes } = config.tokenizer
  const P = blockSize(config.tokenizer, widths)
  const [, h, T, w] = cached(config, K + (HISTORY - 1) * P) // of the fullest one
  const caches = cacheNames(config.layers)
  return {
    network: 'world',
    inputs: (B) => [
      named('tokens', B, N, K),
      named('actions', B, N, A),
      named('uniforms', B, N, K),
      named('given', B, N, K),
      named('filled', B, 1),
      named('kept', B, 1, 1, 1, T!),
      ...[...caches.keys, ...caches.values].map((name) => named(name, B, N, h!, T!, w!)),
    ],
    free: {
      kept: 4,
      ...Object.fromEntries([...caches.keys, ...caches.values].map((name) => [name, 3])),
    },
    draws: {
      tokens: whole(codes),
      uniforms: uniformly,
      given: whole(codes), // a draw on the edge of two tokens would compare nothing
      kept: bits,
      filled: (shape, rng) => drawn(shape, () => K + P * rng.int(HISTORY)),
    },
    outputs: (B) => [
      named('next', B, N, K),
      named('rewards', B, N),
      named('continues', B, N),
      named('added', B, N, ...cached(config, P)),
    ],
    build: (weights, { tokens, actions, uniforms, given, filled, kept, ...rest }) =>
      oneStep(world, config, widths, weights, {
        ...({ tokens, actions, uniforms, given, filled, kept } as Omit<StepInputs, 'keys' | 'values'>),
        keys: caches.keys.map((name) => rest[name]!),
        values: caches.values.map((name) => rest[name]!),
      }),
  }
}

function drawn(shape: number[], draw: () => number): Tensor {
  const filled = tensor(shape)
  filled.data.forEach((_, i) => {
    filled.data[i] = draw()
  })
  return filled
}

/** 0 to count - 1 */
const whole =
  (count: number): Draw =>
  (shape, rng: Rng) =>
    drawn(shape, () => rng.int(count))
