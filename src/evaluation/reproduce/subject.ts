// What the checks look at: a trained run and episodes that it did not see.

import type { DimaModel } from '../../algorithms/dima/trained-model.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { OpenSimulator } from '../../worlds/open-simulator.ts'
import type { Range } from './measure.ts'

/** A model and the simulator that it becomes. */
export interface Candidate {
  model: DimaModel
  simulator: OpenSimulator
}

export interface Subject extends Candidate {
  /** that training did not see: of the run's policy with sampled actions where it has one, else of its source */
  episodes: Episode[]
  /** how many segments are drawn from them */
  segments: number
  seed: number
  /** whether the data is what the figures of method.md 7.4 were measured on */
  reference: boolean
  /** the same trained without offset noise (check 10) */
  withoutOffset?: Candidate
}

const REFERENCE = { task: 'HalfCheetah-2x3', policyStd: 0.3655 }

/** Of other tasks and behaviour method.md has no figures: their noise and their dynamics differ. */
export function isReference({ record, networks }: Pick<DimaModel, 'record' | 'networks'>): boolean {
  const { config, origin } = record
  const { task, hyperparameters } = config
  const random = origin.kind === 'environment' && !networks.policy
  return random && task === REFERENCE.task && hyperparameters.policyStd === REFERENCE.policyStd
}

/** A range that is known of the reference data only. */
export const onReference = ({ reference }: Pick<Subject, 'reference'>, range: Range): Range =>
  reference ? range : {}
