// The fields of a snapshot as what a session has committed.
import { readNumbers, snapshotError } from '../../worlds/snapshot-fields.ts'
import { lettersOf, type WorldSpec } from '../../worlds/world.ts'
import type { Asked } from './decide.ts'
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
  asked: Asked
  answer: Omit<StepAnswer, 'sessionId' | 'stepId' | 'committedStepId'>
}

export function readLast(fields: LastStep, spec: WorldSpec): Last {
  const { N, A } = lettersOf(spec)
  const { action, policy, actions, final, ...rest } = fields
  if (policy && policy.agents.length !== N) throw snapshotError('last.policy', 'is not of these agents')
  if (actions && !policy) throw snapshotError('last.actions', 'can not be without last.policy')
  return {
    asked: { action: readNumbers('f4', action, N * A, 'last.action'), policy },
    answer: {
      ...rest,
      ...readSeen(fields, spec, 'last.'),
      ...(actions === undefined ? {} : { actions: readNumbers('f4', actions, N * A, 'last.actions') }),
      ...(final ? { final: readSeen(final, spec, 'last.final.') } : {}),
    },
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
