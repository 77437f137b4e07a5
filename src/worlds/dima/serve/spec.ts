// What is rightly assumed of a manifest and of graphs that were checked as those of this kind.
import type { GraphSession } from '../../../engine/session.ts'
import type { Graphs, WorldSpec } from '../../world.ts'
import type { DimaSpec, PerGraph } from './manifest.ts'

/** Those of a bundle, and what was composed of them (composed-graphs.ts). */
export type DimaGraphs = PerGraph<GraphSession> & { sample?: GraphSession; step?: GraphSession }

export const asDima = (spec: WorldSpec): DimaSpec => spec as DimaSpec

export const asDimaGraphs = (graphs: Graphs): DimaGraphs => graphs as DimaGraphs

/** Probabilities that an episode ends, as the head gives them: 0 of a model whose data has no end to learn of. */
export const endProbabilities = ({ terminates }: DimaSpec, given: Float32Array): Float32Array =>
  terminates === false ? new Float32Array(given.length) : given
