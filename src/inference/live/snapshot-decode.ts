// From a snapshot's text back to a session. The text comes from outside and may hold anything: it is decoded under
// guard, checked against the schema, then against the model it names, and nothing is sized by what it says.
import { Unpackr } from 'msgpackr'
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { DimaError } from '../../common/errors.ts'
import { memoriesOf } from '../../worlds/kind-of.ts'
import { snapshotError } from '../../worlds/snapshot-fields.ts'
import type { Kinds } from '../../worlds/world.ts'
import { requireStarts } from './episode.ts'
import { propertiesOf, type SnapshotFields, SnapshotHead } from './snapshot.ts'
import { requireConsistent } from './snapshot-consistency.ts'
import { readLast, readPosition } from './snapshot-read.ts'
import type { Committed, Terms } from './terms.ts'
import type { LiveModel } from './types.ts'

/** Far more than a session needs, and little enough to decode between two requests. */
const MOST_CHARACTERS = 262_144
/** Fields and list items together; what is large in a snapshot is binary. */
const MOST_ENTRIES = 2000

export interface Restored {
  terms: Terms
  committed: Committed
}

/** @param names of the new session. Throws DimaError `invalid_snapshot` naming the field, `model_gone`, `no_start`. */
export const decodeSnapshot = (
  snapshot: string,
  kinds: Kinds,
  find: (digest: string) => LiveModel | undefined,
  names: Pick<Terms, 'id' | 'owner'>,
): Restored => readSnapshot(bytesOf(snapshot), kinds, find, names)

/** As decodeSnapshot, of bytes. */
export function readSnapshot(
  bytes: Uint8Array,
  kinds: Kinds,
  find: (digest: string) => LiveModel | undefined,
  names: Pick<Terms, 'id' | 'owner'>,
): Restored {
  const given = unpack(bytes)
  // A schema would take long over a hostile one, and its recursion would go deep.
  if (!hasAtMost({ entries: MOST_ENTRIES }, given)) throw snapshotError('', 'has too many fields')
  const model = find(checkFields(SnapshotHead, given).digest)
  if (!model) throw new DimaError('model_gone', 'the model of this snapshot is not served')
  const memories = memoriesOf(kinds, model.bundle.manifest)
  const properties = propertiesOf(memories)
  const fields = checkFields(
    Type.Object(properties, { additionalProperties: false }),
    given,
  ) as SnapshotFields
  const { autoreset, maxEpisodeSteps } = fields
  if (autoreset !== 'disabled') requireStarts(model)
  const { memory, choice } = memories.unpack(fields, fields.episodeStep)
  const terms = { ...names, model, memories, choice, autoreset, maxEpisodeSteps }
  const committed = readCommitted(fields, terms, memory)
  requireConsistent(terms, committed)
  return { terms, committed }
}

const unpackr = new Unpackr({ useRecords: false })

function bytesOf(snapshot: string): Uint8Array {
  if (snapshot.length > MOST_CHARACTERS)
    throw snapshotError('', `has more than ${MOST_CHARACTERS} characters`)
  if (!/^[A-Za-z0-9_-]+$/.test(snapshot)) throw snapshotError('', 'is not base64url')
  return Buffer.from(snapshot, 'base64url')
}

function unpack(bytes: Uint8Array): unknown {
  try {
    return unpackr.unpack(bytes)
  } catch {
    throw snapshotError('', 'is not msgpack') // the decoder's own words may quote what it read
  }
}

function checkFields<S extends TSchema>(schema: S, value: unknown): Static<S> {
  if (Value.Check(schema, value)) return value as Static<S>
  const [error] = Value.Errors(schema, value)
  const field = error?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  throw snapshotError(field, error?.message ?? 'does not match')
}

function hasAtMost(left: { entries: number }, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true
  const items = Object.values(value)
  left.entries -= items.length
  return left.entries >= 0 && items.every((item) => hasAtMost(left, item))
}

function readCommitted(fields: SnapshotFields, { id, model }: Terms, memory: unknown): Committed {
  const { committedStepId: stepId } = fields
  const position = readPosition(fields, model.bundle.manifest, memory)
  if (fields.last === null) return { stepId, position }
  const { asked, answer } = readLast(fields.last, model.bundle.manifest)
  const named = { sessionId: id, stepId, committedStepId: stepId, ...answer }
  return { stepId, position, last: { asked, answer: named } }
}
