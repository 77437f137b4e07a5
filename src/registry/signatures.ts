// What the graphs of a bundle take and give, as the simulator will use them. B rows (free), L context states, N agents,
// A action, S state, O observation, H horizon; a bundle chooses E (width of an embedding), M blocks and D width of the
// reward model's cache.
import { isDeepStrictEqual } from 'node:util'
import type { GraphName } from './load.ts'
import type { BundleGraph, Manifest } from './manifest.ts'

type Shape = BundleGraph['inputs'][number]['shape']
export interface GraphSignature {
  inputs: Record<string, Shape>
  outputs: Record<string, Shape>
}

export interface ChosenSizes {
  E: number
  M: number
  D: number
}

export type Sizes = Pick<Manifest, 'agents' | 'action' | 'state' | 'observation' | 'horizon' | 'context'>

/** By graph; the policy's too, which a bundle need not have. */
export function demandedSignatures(
  { agents, action, state, observation, horizon: H, context: L }: Sizes,
  { E, M, D }: ChosenSizes,
): Record<GraphName, GraphSignature> {
  const [N, A, S, O] = [agents.length, action.dimension, state.length, observation.length]
  const rows = (...shape: number[]): Shape => ['batch', ...shape]
  const cache = rows(M, 2 * (H - 1), D)
  return {
    embed: {
      inputs: { actions: rows(L, N, A), mask: rows(L, N) },
      outputs: { embedding: rows(E) },
    },
    denoise: {
      inputs: { noisy: rows(S), sigma: rows(1), context: rows(L, S), embedding: rows(E) },
      outputs: { denoised: rows(S) },
    },
    decode: { inputs: { states: rows(S) }, outputs: { observations: rows(N, O) } },
    reward: {
      inputs: { states: rows(H, S), actions: rows(H, N, A) },
      outputs: { rewards: rows(H), termination_probabilities: rows(H) },
    },
    rewardStep: {
      inputs: { state: rows(S), action: rows(N, A), position: rows(H), keys: cache, values: cache },
      outputs: {
        reward: rows(),
        termination_probability: rows(),
        new_keys: rows(M, 2, D),
        new_values: rows(M, 2, D),
      },
    },
    policy: { inputs: { observations: rows(N, O) }, outputs: { mean: rows(N, A), std: rows(N, A) } },
  }
}

/** Where a graph of the manifest is listed with other tensors than its dimensions demand, in words, or undefined. */
export function wrongSignature(manifest: Manifest): string | undefined {
  const demanded = demandedSignatures(manifest, chosenSizes(manifest))
  for (const [graph, listed] of Object.entries(manifest.graphs)) {
    const wrong = differs(signatureOf(listed), demanded[graph as GraphName], 'the dimensions of the manifest')
    if (wrong) return `graphs.${graph}: ${wrong}`
  }
  return undefined
}

export const signatureOf = ({
  inputs,
  outputs,
}: Pick<BundleGraph, 'inputs' | 'outputs'>): GraphSignature => ({
  inputs: byName(inputs),
  outputs: byName(outputs),
})

/** @param by whose demand it is */
export function differs(given: GraphSignature, demanded: GraphSignature, by: string): string | undefined {
  for (const side of ['inputs', 'outputs'] as const) {
    for (const name of new Set([...Object.keys(demanded[side]), ...Object.keys(given[side])])) {
      const [found, wanted] = [given[side][name], demanded[side][name]]
      if (isDeepStrictEqual(found, wanted)) continue
      return `${side.slice(0, -1)} ${name} is ${inWords(found)}, ${by} say ${inWords(wanted)}`
    }
  }
  return undefined
}

const inWords = (shape: Shape | undefined): string => (shape ? `[${shape.join(', ')}]` : 'not there')

const byName = (tensors: BundleGraph['inputs']): Record<string, Shape> =>
  Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]))

/** As the bundle's own lists have them; 0, which no list can match, where they have none. */
function chosenSizes({ graphs }: Manifest): ChosenSizes {
  const size = (shape: Shape | undefined, axis: number) => Number(shape?.[axis]) || 0
  const embedding = signatureOf(graphs.embed).outputs.embedding
  const keys = signatureOf(graphs.rewardStep).outputs.new_keys
  return { E: size(embedding, 1), M: size(keys, 1), D: size(keys, 3) }
}
