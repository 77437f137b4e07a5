// A session as text: base64url of plain msgpack, numbers as little-endian binary. Some kilobytes; it has no caches,
// which any executor rebuilds, and no id or owner, which the restored session gets anew.
import { Packr } from 'msgpackr'
import Type, { type Static, type TSchema } from 'typebox'
import { PLANS } from '../../registry/manifest.ts'
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
  action: Numbers, // f4 [N, A]
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

export const SnapshotFields = object({
  format: Type.Literal(SNAPSHOT_FORMAT),
  version: Type.Literal(SNAPSHOT_VERSION),
  digest: Type.String({ minLength: 1, maxLength: 200 }),
  plan: object({
    name: Type.Enum(PLANS),
    order: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 1000 }),
  }),
  autoreset: Type.Enum(['disabled', 'next_step', 'same_step']),
  maxEpisodeSteps: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  committedStepId: Count,
  seed: Uint32,
  key: Uint32,
  episode: Count,
  episodeStep: Uint32,
  states: Numbers, // f4 [L + h, S]
  actions: Numbers, // f4 [L - 1 + h, N, A]
  state: Numbers, // f8 [S]
  observations: Numbers, // f4 [N, O]
  terminated: Type.Boolean(),
  truncated: Type.Boolean(),
  last: Type.Union([LastStep, Type.Null()]),
})
export type SnapshotFields = Static<typeof SnapshotFields>

const packr = new Packr({ useRecords: false }) // records are an extension that only msgpackr reads

export function encodeSnapshot(
  { model, plan, autoreset, maxEpisodeSteps }: Terms,
  committed: Committed,
): string {
  const { lineage: _, ...position } = committed.position
  const fields = {
    format: SNAPSHOT_FORMAT,
    version: SNAPSHOT_VERSION,
    digest: model.bundle.digest,
    plan,
    autoreset,
    maxEpisodeSteps,
    committedStepId: committed.stepId,
    ...position,
    last: committed.last ? lastStep(committed.last) : null,
  }
  return packr.pack(withBinary(fields)).toString('base64url')
}

/** Without the ids: a restored session has another, and the step is the committed one. */
function lastStep({ action, answer }: NonNullable<Committed['last']>) {
  const { sessionId: _, stepId: __, committedStepId: ___, ...rest } = answer
  return { action, ...rest }
}

/** msgpackr would cut a typed array's elements to bytes; as a Buffer its bytes are kept. */
function withBinary(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBinary(item)]))
}
