// What the simulator needs to know of a model, and the letters for its dimensions.

import type { Session } from '../../../engine/session.ts'
import type { PerGraph, RequiredGraph } from '../../../registry/load.ts'
import type { Manifest } from '../../../registry/manifest.ts'

const SPEC_FIELDS = [
  'agents',
  'action',
  'state',
  'observation',
  'horizon',
  'context',
  'sampling',
  'normalisation',
  'terminates',
] as const satisfies (keyof Manifest)[]

/** A bundle's manifest has all of it. */
export type SimulatorSpec = Pick<Manifest, (typeof SPEC_FIELDS)[number]>

/** That part of a manifest, which crosses to another process. */
export function specOf(manifest: Manifest): SimulatorSpec {
  const given = SPEC_FIELDS.filter((field) => manifest[field] !== undefined)
  return Object.fromEntries(given.map((field) => [field, manifest[field]])) as SimulatorSpec
}

export const GRAPH_NAMES = [
  'embed',
  'denoise',
  'decode',
  'reward',
  'rewardStep',
] as const satisfies RequiredGraph[]
export type Graphs = PerGraph<Session>

/** L context states, N agents, A action of an agent, S state. */
export const lettersOf = ({ agents, action, state, context }: SimulatorSpec) => ({
  L: context,
  N: agents.length,
  A: action.dimension,
  S: state.length,
})

/** Probabilities that an episode ends, as the head gives them: 0 of a model whose data has no end to learn of. */
export const endProbabilities = ({ terminates }: SimulatorSpec, given: Float32Array): Float32Array =>
  terminates === false ? new Float32Array(given.length) : given
