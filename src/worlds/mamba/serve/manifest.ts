// What a bundle of this kind has besides what all have: the sizes of an agent's latent state, and five graphs. B rows (free), N
// agents, A action, S state, O observation, D numbers of the recurrent part, C classes, F = D + C.
import Type, { type Static } from 'typebox'
import { MOST, moreThan } from '../../../registry/limits.ts'
import type { Manifest } from '../../../registry/manifest.ts'
import { type GraphSignature, rowsOf as rows } from '../../../registry/signatures.ts'
import { lettersOf, type WorldSpec } from '../../world.ts'

const Size = (description: string, minimum = 1) =>
  Type.Integer({ minimum, maximum: MOST.entries, description })

const Latent = Type.Object(
  {
    deter: Size('D, numbers of the recurrent part'),
    groups: Size('C, classes that are drawn'),
    classes: Size('K, that each is drawn from', 2),
  },
  {
    additionalProperties: false,
    description:
      'The latent state of an agent: D numbers, then the numbers of C classes, -1 before anything was seen',
  },
)
export type LatentSizes = Static<typeof Latent>

export const fields = { latent: Latent }

export type MambaSpec = WorldSpec & { latent: LatentSizes }

export const asMamba = (spec: WorldSpec): MambaSpec => spec as MambaSpec

/** One of something for each graph of a bundle; it need not have a policy. */
export type PerGraph<T> = Record<'perceive' | 'recover' | 'observe' | 'imagine' | 'decode', T> & {
  policy?: T
}

/** With F, numbers of an agent's latent state. */
export function sizesOf(spec: WorldSpec) {
  const { deter, groups } = asMamba(spec).latent
  return { ...lettersOf(spec), D: deter, C: groups, F: deter + groups }
}

export function signatures(manifest: Manifest): Record<string, GraphSignature> {
  const { N, A, S, O, C, F } = sizesOf(manifest)
  return {
    perceive: { inputs: { states: rows(S) }, outputs: { observations: rows(N, O) } },
    recover: { inputs: { observations: rows(N, O) }, outputs: { states: rows(S) } },
    observe: {
      inputs: { observations: rows(N, O), actions: rows(N, A), latents: rows(N, F), uniforms: rows(N, C) },
      outputs: { next: rows(N, F) },
    },
    imagine: {
      inputs: { actions: rows(N, A), latents: rows(N, F), uniforms: rows(N, C) },
      outputs: { next: rows(N, F), rewards: rows(N), continues: rows(N) },
    },
    decode: { inputs: { latents: rows(N, F) }, outputs: { observations: rows(N, O) } },
  }
}

/** Its policy acts on latent states. */
export function policySignature(manifest: Manifest): GraphSignature {
  const { N, A, F } = sizesOf(manifest)
  return { inputs: { latents: rows(N, F) }, outputs: { mean: rows(N, A), std: rows(N, A) } }
}

/** A snapshot has room for 190,000 bytes. */
const MOST_CARRIED = 40_000

export function contradiction(manifest: Manifest): string | undefined {
  const { N, F } = sizesOf(manifest)
  return moreThan('numbers of the latent states of all agents', N * F, MOST_CARRIED)
}
