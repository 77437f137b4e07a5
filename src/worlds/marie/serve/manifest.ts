// What a bundle of this kind has besides what all have: the sizes of tokens and of the Transformer's cache, and six graphs. B rows
// (free), N agents, A action, S state, O observation, K tokens, P = K + A + 1 tokens of a step, T positions of a full cache, M layers,
// h heads, w width of one.
import Type, { type Static } from 'typebox'
import { MOST, moreThan } from '../../../registry/limits.ts'
import type { Manifest } from '../../../registry/manifest.ts'
import { type GraphSignature, rowsOf as rows } from '../../../registry/signatures.ts'
import { lettersOf, type WorldSpec } from '../../world.ts'

const Size = (description: string, most: number = MOST.entries) =>
  Type.Integer({ minimum: 1, maximum: most, description })

/** Each has two inputs of a graph. */
const MOST_LAYERS = 12

const Tokens = Type.Object(
  {
    perObservation: Size('K, tokens that an observation of an agent becomes'),
    codes: Size('V, what a token can be: 0 to V - 1'),
    history: Size(
      'steps that are remembered at most; then all but the present tokens is forgotten',
      MOST.steps,
    ),
    layers: Size('M, layers that keys and values are kept of', MOST_LAYERS),
    heads: Size('h, of each', MOST.width),
    headWidth: Size('w, numbers of a key and of a value of a head', MOST.width),
  },
  { additionalProperties: false, description: 'What observations become, and what is kept of them' },
)
export type Tokens = Static<typeof Tokens>

export const fields = { tokens: Tokens }

export type MarieSpec = WorldSpec & { tokens: Tokens }

export const asMarie = (spec: WorldSpec): MarieSpec => spec as MarieSpec

/** One of something for each graph of a bundle; it need not have a policy. */
export type PerGraph<T> = Record<'perceive' | 'recover' | 'encode' | 'decode' | 'prime' | 'step', T> & {
  policy?: T
}

/** Names of inputs of the graph `step`: keys and values of each layer. */
export const cacheNames = (layers: number) => {
  const named = (what: string) => Array.from({ length: layers }, (_, layer) => `${what}${layer}`)
  return { keys: named('keys'), values: named('values') }
}

/** With T, and the most steps that are remembered. */
export function sizesOf(spec: WorldSpec) {
  const letters = lettersOf(spec)
  const { perObservation: K, codes: V, history, layers: M, heads: h, headWidth: w } = asMarie(spec).tokens
  const P = K + letters.A + 1
  return { ...letters, K, V, P, history, T: K + (history - 1) * P, M, h, w }
}

export function signatures(manifest: Manifest): Record<string, GraphSignature> {
  const { N, A, S, O, K, P, M, h, w } = sizesOf(manifest)
  const [observations, tokens] = [rows(N, O), rows(N, K)]
  const caches = cacheNames(M)
  return {
    perceive: { inputs: { states: rows(S) }, outputs: { observations } },
    recover: { inputs: { observations }, outputs: { states: rows(S) } },
    encode: { inputs: { observations }, outputs: { tokens } },
    decode: { inputs: { tokens }, outputs: { observations } },
    prime: { inputs: { tokens }, outputs: { added: rows(N, 2 * M, h, K, w) } },
    step: {
      inputs: {
        tokens,
        actions: rows(N, A),
        uniforms: tokens,
        given: tokens,
        filled: rows(1),
        kept: rows(1, 1, 1, 'positions'),
        ...Object.fromEntries(
          [...caches.keys, ...caches.values].map((name) => [name, rows(N, h, 'positions', w)]),
        ),
      },
      outputs: { next: tokens, rewards: rows(N), continues: rows(N), added: rows(N, 2 * M, h, P, w) },
    },
  }
}

/** A snapshot has room for 190,000 bytes. */
const MOST_CARRIED = 40_000
/** Of the cache of a row: 64 MiB. */
const MOST_CACHED = 2 ** 24

export function contradiction(manifest: Manifest): string | undefined {
  const { N, A, K, T, M, h, w, history } = sizesOf(manifest)
  return (
    moreThan('numbers of what a session remembers', N * (K + A) * history, MOST_CARRIED) ??
    moreThan('numbers of the cache of a session', T * N * 2 * M * h * w, MOST_CACHED)
  )
}
