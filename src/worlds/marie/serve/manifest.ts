// What a bundle of this kind has besides what all have: the sizes of tokens and of the Transformer's cache, and six graphs. B rows
// (free), N agents, A action, S state, O observation, K tokens, P = K + A + 1 tokens of a step, T positions of the cache, F numbers
// of a position of an agent.
import Type, { type Static } from 'typebox'
import { MOST, moreThan } from '../../../registry/limits.ts'
import type { Manifest } from '../../../registry/manifest.ts'
import { type GraphSignature, rowsOf as rows } from '../../../registry/signatures.ts'
import { lettersOf, type WorldSpec } from '../../world.ts'

const Size = (description: string, most: number = MOST.entries) =>
  Type.Integer({ minimum: 1, maximum: most, description })

const Tokens = Type.Object(
  {
    perObservation: Size('K, tokens that an observation of an agent becomes'),
    codes: Size('V, what a token can be: 0 to V - 1'),
    history: Size(
      'steps that are remembered at most; then all but the present tokens is forgotten',
      MOST.steps,
    ),
    cache: Size('F, numbers that are kept of a token of an agent', MOST.width),
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

/** With T and F, and the most steps that are remembered. */
export function sizesOf(spec: WorldSpec) {
  const letters = lettersOf(spec)
  const { perObservation: K, codes: V, history, cache: F } = asMarie(spec).tokens
  const P = K + letters.A + 1
  return { ...letters, K, V, P, history, T: history * P, F }
}

export function signatures(manifest: Manifest): Record<string, GraphSignature> {
  const { N, A, S, O, K, P, T, F } = sizesOf(manifest)
  const [observations, tokens] = [rows(N, O), rows(N, K)]
  return {
    perceive: { inputs: { states: rows(S) }, outputs: { observations } },
    recover: { inputs: { observations }, outputs: { states: rows(S) } },
    encode: { inputs: { observations }, outputs: { tokens } },
    decode: { inputs: { tokens }, outputs: { observations } },
    prime: { inputs: { tokens }, outputs: { added: rows(K, N, F) } },
    step: {
      inputs: {
        tokens,
        actions: rows(N, A),
        uniforms: tokens,
        given: tokens,
        cache: rows(T, N, F),
        filled: rows(1),
      },
      outputs: { next: tokens, rewards: rows(N), continues: rows(N), added: rows(P, N, F) },
    },
  }
}

/** A snapshot has room for 190,000 bytes. */
const MOST_CARRIED = 40_000
/** Of the cache of a row: 64 MiB. */
const MOST_CACHED = 2 ** 24

export function contradiction(manifest: Manifest): string | undefined {
  const { N, A, K, T, F, history } = sizesOf(manifest)
  return (
    moreThan('numbers of what a session remembers', N * (K + A) * history, MOST_CARRIED) ??
    moreThan('numbers of the cache of a session', T * N * F, MOST_CACHED)
  )
}
