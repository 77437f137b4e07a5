// The fields of a snapshot as what a session has committed.
import { readNumbers } from '../../worlds/snapshot-fields.ts'
import { lettersOf, type WorldSpec } from '../../worlds/world.ts'
import { newLineage, type Position } from './position.ts'
import type { LastStep, SnapshotFields } from './snapshot.ts'
import type { StepAnswer } from './types.ts'

export function readPosition(fields: SnapshotFields, spec: WorldSpec, memory: unknown): Position {
  const { seed, key, episode, episodeStep, terminated, truncated } = fields
  return {
    ...{ lineage: newLineage(), seed, key, episode, episodeStep, memory, terminated, truncated },
    ...readSeen(fields, spec, ''),
  }
}

interface Last {
  action: Float32Array
  answer: Omit<StepAnswer, 'sessionId' | 'stepId' | 'committedStepId'>
}

export function readLast(fields: LastStep, spec: WorldSpec): Last {
  const { N, A } = lettersOf(spec)
  const { action, final, ...rest } = fields
  const answer = { ...rest, ...readSeen(fields, spec, 'last.') }
  return {
    action: readNumbers('f4', action, N * A, 'last.action'),
    answer: final ? { ...answer, final: readSeen(final, spec, 'last.final.') } : answer,
  }
}

/** What a caller is shown of a position. */
function readSeen(fields: { state: unknown; observations: unknown }, spec: WorldSpec, prefix: string) {
  const { N, S, O } = lettersOf(spec)
  return {
    state: readNumbers('f8', fields.state, S, `${prefix}state`),
    observations: readNumbers('f4', fields.observations, N * O, `${prefix}observations`),
  }
}
