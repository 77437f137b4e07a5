// The serving graphs that a world model of this kind and its policy become. B rows, N agents, A action, S state, O observation, K
// tokens, P = K + A + 1 tokens of a step, T positions of the cache, F numbers of a position of an agent.
import type { Rng } from '../../../common/rng.ts'
import { type Tensor, tensor } from '../../../common/tensors.ts'
import type { ClosedForm } from '../../../env/closed-form.ts'
import { type Draw, uniformly } from '../../../graph/random-inputs.ts'
import type { ServingGraph } from '../../../graph/serving-graph.ts'
import type { Actor } from '../../../networks/actor.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { perceiveGraph } from '../../../networks/perceive-graph.ts'
import { policyGraph } from '../../../networks/policy-graph.ts'
import { recoverGraph } from '../../../networks/recover-graph.ts'
import { cacheWidth } from '../networks/memory-of-layers.ts'
import { oneStep, primed, type StepInputs } from '../networks/one-step.ts'
import { blockSize, HISTORY, type NetworksConfig } from '../networks/presets.ts'
import { observationsOf, type Tokenizer, tokensOf } from '../networks/tokenizer.ts'
import type { ActionBounds, WorldNetwork } from '../networks/world-network.ts'
import type { PerGraph } from '../serve/manifest.ts'

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
    outputs: (B) => [named('added', B, K, N, cacheWidth(config))],
    build: (w, { tokens }) => ({ added: primed(world, config, w, tokens!) }),
  }
}

/** One step: what comes next, what it earns, whether it goes on, and what is cached of it. */
function stepGraph(world: WorldNetwork, widths: Widths & ActionBounds, config: NetworksConfig): ServingGraph {
  const { agents: N, action: A } = widths
  const { tokens: K, codes } = config.tokenizer
  const [P, F] = [blockSize(config.tokenizer, widths), cacheWidth(config)]
  return {
    network: 'world',
    inputs: (B) => [
      named('tokens', B, N, K),
      named('actions', B, N, A),
      named('uniforms', B, N, K),
      named('given', B, N, K),
      named('cache', B, HISTORY * P, N, F),
      named('filled', B, 1),
    ],
    draws: {
      tokens: whole(codes),
      uniforms: uniformly,
      given: whole(codes), // a draw on the edge of two tokens would compare nothing
      filled: (shape, rng) => drawn(shape, () => K + P * rng.int(HISTORY)),
    },
    outputs: (B) => [
      named('next', B, N, K),
      named('rewards', B, N),
      named('continues', B, N),
      named('added', B, P, N, F),
    ],
    build: (w, inputs) => oneStep(world, config, widths, w, inputs as unknown as StepInputs),
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
