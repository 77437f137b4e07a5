// What a bundle of this kind has besides what all have: how a next state is sampled, and five graphs; a sixth, `perceive`,
// where what agents observe is known to follow from the state (environment units). B rows (free), L context states, N agents,
// A action, S state, O observation, H horizon; a bundle chooses E (width of an embedding), M blocks and D width of the reward
// model's cache.
import Type, { type Static } from 'typebox'
import { moreThan } from '../../../registry/limits.ts'
import type { Manifest } from '../../../registry/manifest.ts'
import { chosenSize, type GraphSignature, rowsOf as rows } from '../../../registry/signatures.ts'
import { lettersOf, type WorldSpec } from '../../world.ts'

export const PLANS = ['sequential', 'joint', 'progressive'] as const
export const Plan = Type.Enum(PLANS)
export type PlanName = (typeof PLANS)[number]

/** Denoiser evaluations of one imagined step: each agent once, or twice where they are few. */
export const MOST_STEPS = 1024
const Steps = { minimum: 1, maximum: MOST_STEPS }

const Sampling = Type.Object(
  {
    sigmaData: Type.Number({ description: 'standard deviation of x = sigmaData * normalised state' }),
    sigmaMin: Type.Number(),
    sigmaMax: Type.Number(),
    rho: Type.Number({ description: 'Karras schedule exponent' }),
    sequentialSteps: Type.Integer({ ...Steps, description: 'K: 2N if N <= 2 else N' }),
    jointSteps: Type.Integer(Steps),
    defaultPlan: Plan,
  },
  {
    additionalProperties: false,
    description: 'How a next state is sampled (EDM, method.md 2.8 and 7.6)',
  },
)
export type SamplingConfig = Static<typeof Sampling>

const Perceives = Type.Literal(true, {
  description: 'the bundle has the graph perceive: states to the observations of its task, without weights',
})

export const fields = { sampling: Sampling, perceives: Type.Optional(Perceives) }

export type DimaSpec = WorldSpec & { sampling: SamplingConfig; perceives?: true }

export const GRAPH_NAMES = ['embed', 'denoise', 'decode', 'reward', 'rewardStep'] as const
export type GraphName = (typeof GRAPH_NAMES)[number]
/** One of something for each graph of a bundle; it need not have the last three. */
export type PerGraph<T> = Record<GraphName, T> & { perceive?: T; policy?: T; value?: T }

export interface ChosenSizes {
  E: number
  M: number
  D: number
}

export function demandedSignatures(
  spec: WorldSpec,
  { E, M, D }: ChosenSizes,
): Record<GraphName, GraphSignature> {
  const { L, N, A, S, O } = lettersOf(spec)
  const H = spec.horizon
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
  }
}

/** Of graph `perceive`. */
export function perceiveSignature(spec: WorldSpec): GraphSignature {
  const { N, S, O } = lettersOf(spec)
  return { inputs: { states: rows(S) }, outputs: { observations: rows(N, O) } }
}

export const signatures = (manifest: Manifest): Record<string, GraphSignature> => ({
  ...demandedSignatures(manifest, chosenSizes(manifest)),
  ...((manifest as Manifest & DimaSpec).perceives ? { perceive: perceiveSignature(manifest) } : {}),
})

const chosenSizes = ({ graphs: { embed, rewardStep } }: Manifest): ChosenSizes => ({
  E: chosenSize(embed, 'outputs', 'embedding', 1),
  M: chosenSize(rewardStep, 'outputs', 'new_keys', 1),
  D: chosenSize(rewardStep, 'outputs', 'new_keys', 3),
})

/** numbers that a session remembers: states and joint actions of its windows */
const MOST_SESSION_NUMBERS = 262_144
/** numbers of one row of the reward model's cache */
const MOST_CACHE_NUMBERS = 4_194_304

export const contradiction = (manifest: Manifest): string | undefined =>
  wrongSampling(manifest as Manifest & DimaSpec) ?? tooLarge(manifest)

function wrongSampling({ agents, sampling }: DimaSpec): string | undefined {
  const { sigmaData, sigmaMin, sigmaMax, rho } = sampling
  if (!(sigmaData > 0 && sigmaMin > 0 && sigmaMin <= sigmaMax && rho >= 1))
    return 'sampling needs sigmaData > 0, 0 < sigmaMin <= sigmaMax and rho >= 1'
  if (sampling.sequentialSteps % agents.length === 0) return undefined
  return `sampling.sequentialSteps ${sampling.sequentialSteps} is not a multiple of ${agents.length} agents`
}

function tooLarge(manifest: Manifest): string | undefined {
  const { L, N, A, S } = lettersOf(manifest)
  const H = manifest.horizon
  const { M, D } = chosenSizes(manifest)
  return (
    moreThan('numbers in the windows of a session', (L + H) * (S + N * A), MOST_SESSION_NUMBERS) ??
    moreThan('numbers in the cache of the reward model', M * 2 * (H - 1) * D, MOST_CACHE_NUMBERS)
  )
}
