// A session as text: base64url of plain msgpack, numbers as little-endian binary. Some kilobytes; it has no caches,
// which any executor rebuilds, and no id or owner, which the restored session gets anew. The fields here are common to
// all kinds of world models; each kind adds its own beside them (Memories).
import { Packr } from 'msgpackr'
import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { packArrays } from '../../common/packed-arrays.ts'
import { requireOwn } from '../../registry/kind.ts'
import type { Memories } from '../../worlds/world.ts'
import type { Committed, Terms } from './terms.ts'

const SNAPSHOT_FORMAT = 'dima-session'
const SNAPSHOT_VERSION = 1

const strict = { additionalProperties: false }
const object = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties, strict)
const Uint32 = Type.Integer({ minimum: 0, maximum: 4294967295 })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** Binary; its size depends on the model and is checked with it. */
const Numbers = Type.Unknown()

const LastStep = object({
  action: Numbers, // f4 [N, A] as it was asked for
  policy: Type.Optional(object({ agents: Type.Array(Type.Boolean()), mode: Type.Enum(['sample', 'mean']) })),
  actions: Type.Optional(Numbers), // f4 [N, A] taken, where the policy has acted
  episodeStep: Count,
  state: Numbers, // f8 [S]
  observations: Numbers, // f4 [N, O]
  reward: Type.Number(),
  terminationProbability: Type.Number(),
  terminated: Type.Boolean(),
  truncated: Type.Boolean(),
  final: Type.Optional(object({ state: Numbers, observations: Numbers })),
  queueMs: Type.Number(),
  computeMs: Type.Number(),
})
export type LastStep = Static<typeof LastStep>

/** What tells whose the rest is. */
const head = {
  format: Type.Literal(SNAPSHOT_FORMAT),
  version: Type.Literal(SNAPSHOT_VERSION),
  digest: Type.String({ minLength: 1, maxLength: 200 }),
}
export const SnapshotHead = Type.Object(head)

export const SnapshotFields = object({
  ...head,
  autoreset: Type.Enum(['disabled', 'next_step', 'same_step']),
  maxEpisodeSteps: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  committedStepId: Count,
  seed: Uint32,
  key: Uint32,
  episode: Count,
  episodeStep: Uint32,
  state: Numbers, // f8 [S]
  observations: Numbers, // f4 [N, O]
  terminated: Type.Boolean(),
  truncated: Type.Boolean(),
  last: Type.Union([LastStep, Type.Null()]),
})
export type SnapshotFields = Static<typeof SnapshotFields>

/** With the kind's own. Throws Error, a fault of the kind, where it has taken a name of the others. */
export function propertiesOf({ fields }: Memories): TProperties {
  requireOwn('snapshot', fields, SnapshotFields.properties)
  return { ...SnapshotFields.properties, ...fields }
}

const packr = new Packr({ useRecords: false }) // records are an extension that only msgpackr reads

export const encodeSnapshot = (terms: Terms, committed: Committed): string =>
  packSnapshot(terms, committed).toString('base64url')

/** The same as bytes. */
export function packSnapshot(
  { model, memories, choice, autoreset, maxEpisodeSteps }: Terms,
  committed: Committed,
): Buffer {
  const { lineage: _, memory, ...position } = committed.position
  const fields = {
    format: SNAPSHOT_FORMAT,
    version: SNAPSHOT_VERSION,
    digest: model.bundle.digest,
    autoreset,
    maxEpisodeSteps,
    committedStepId: committed.stepId,
    ...position,
    ...memories.pack(memory, choice),
    last: committed.last ? lastStep(committed.last) : null,
  }
  return packr.pack(packArrays(fields))
}

/** Without the ids: a restored session has another, and the step is the committed one. */
function lastStep({ asked: { action, policy }, answer }: NonNullable<Committed['last']>) {
  const { sessionId: _, stepId: __, committedStepId: ___, ...rest } = answer
  return { action, ...(policy ? { policy } : {}), ...rest }
}
