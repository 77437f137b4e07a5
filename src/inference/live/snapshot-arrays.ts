// The binary fields of a snapshot as typed arrays of exactly the size that the model asks for, all numbers finite.
import { lettersOf, type SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import { allFinite } from './finite.ts'
import { newLineage, type Position, rewardSteps } from './position.ts'
import type { LastStep, SnapshotFields } from './snapshot.ts'
import { snapshotError } from './snapshot-error.ts'
import type { StepAnswer } from './types.ts'

export function readPosition(fields: SnapshotFields, spec: SimulatorSpec): Position {
  const { L, N, A, S } = lettersOf(spec)
  const { seed, key, episode, episodeStep, terminated, truncated } = fields
  const h = rewardSteps(spec, episodeStep)
  return {
    ...{ lineage: newLineage(), seed, key, episode, episodeStep, terminated, truncated },
    ...readSeen(fields, spec, ''),
    states: float32(fields.states, (L + h) * S, 'states'),
    actions: float32(fields.actions, (L - 1 + h) * N * A, 'actions'),
  }
}

interface Last {
  action: Float32Array
  answer: Omit<StepAnswer, 'sessionId' | 'stepId' | 'committedStepId'>
}

export function readLast(fields: LastStep, spec: SimulatorSpec): Last {
  const { N, A } = lettersOf(spec)
  const { action, final, ...rest } = fields
  const answer = { ...rest, ...readSeen(fields, spec, 'last.') }
  return {
    action: float32(action, N * A, 'last.action'),
    answer: final ? { ...answer, final: readSeen(final, spec, 'last.final.') } : answer,
  }
}

/** What a caller is shown of a position. */
function readSeen(fields: { state: unknown; observations: unknown }, spec: SimulatorSpec, prefix: string) {
  const { N, S } = lettersOf(spec)
  const O = spec.observation.length
  return {
    state: checked(new Float64Array(bytes(fields.state, 8 * S, `${prefix}state`)), `${prefix}state`),
    observations: float32(fields.observations, N * O, `${prefix}observations`),
  }
}

const float32 = (value: unknown, count: number, field: string): Float32Array =>
  checked(new Float32Array(bytes(value, 4 * count, field)), field)

function checked<T extends Float32Array | Float64Array>(values: T, field: string): T {
  if (!allFinite(values)) throw snapshotError(field, 'has numbers that are not finite')
  return values
}

/** A copy: the decoder's views are not aligned and keep the whole text alive. */
function bytes(value: unknown, size: number, field: string): ArrayBuffer {
  if (!(value instanceof Uint8Array)) throw snapshotError(field, 'is not binary')
  if (value.byteLength !== size)
    throw snapshotError(field, `has ${value.byteLength} bytes, expected ${size} for this model`)
  return new Uint8Array(value).buffer
}
