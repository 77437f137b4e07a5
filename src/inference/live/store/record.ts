// What the store has of a session: a head of 40 bytes that its scripts read, and the snapshot. Numbers are big-endian.
//   0 fence u64, 8 nonce, 16 revision u64, 24 owner (16 bytes of the sha256 of the key's id)
import { createHash } from 'node:crypto'
import type { Token } from './store.ts'

export const HEAD_BYTES = 40

export interface Head extends Token {
  /** commits of the session, resets included */
  readonly revision: number
  /** 16 bytes */
  readonly owner: Buffer
}

export function writeRecord({ fence, nonce, revision, owner }: Head, snapshot: Buffer): Buffer {
  const record = Buffer.allocUnsafe(HEAD_BYTES + snapshot.length)
  record.writeBigUInt64BE(BigInt(fence), 0)
  nonce.copy(record, 8)
  record.writeBigUInt64BE(BigInt(revision), 16)
  owner.copy(record, 24)
  snapshot.copy(record, HEAD_BYTES)
  return record
}

/** Undefined for what is too short to be a record. */
export function readHead(record: Buffer): Head | undefined {
  if (record.length < HEAD_BYTES) return undefined
  return {
    fence: Number(record.readBigUInt64BE(0)),
    nonce: record.subarray(8, 16),
    revision: Number(record.readBigUInt64BE(16)),
    owner: record.subarray(24, HEAD_BYTES),
  }
}

export const headOf = (record: Buffer): Buffer => record.subarray(0, HEAD_BYTES)
export const snapshotOf = (record: Buffer): Buffer => record.subarray(HEAD_BYTES)

/** Who made a session, as the store may know it. */
export const ownerOf = (owner: string): Buffer => createHash('sha256').update(owner).digest().subarray(0, 16)
