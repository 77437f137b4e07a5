// The contract of a session store in a map: what Redis's scripts do, told once more. Two servers in one process share it.
import { HEAD_BYTES, readHead } from '../../../../src/inference/live/store/record.ts'
import type { Outcome, SessionStore, Token } from '../../../../src/inference/live/store/store.ts'

export class MemoryStore implements SessionStore {
  epoch = '1'
  lostMs = 0
  records = new Map<string, Buffer>()
  touched: string[] = []

  epochOf(): string {
    return this.epoch
  }

  async create(id: string, record: Buffer): Promise<boolean> {
    if (this.records.has(id)) return false
    this.records.set(id, record)
    return true
  }

  async peek(id: string): Promise<Buffer | undefined> {
    return this.records.get(id)
  }

  async claim(id: string, seen: Buffer, nonce: Buffer): Promise<boolean> {
    const record = this.records.get(id)
    if (!record?.subarray(0, HEAD_BYTES).equals(seen)) return false
    const taken = Buffer.from(record)
    taken.writeBigUInt64BE(record.readBigUInt64BE(0) + 1n, 0)
    nonce.copy(taken, 8)
    this.records.set(id, taken)
    return true
  }

  async commit(id: string, record: Buffer): Promise<Outcome> {
    const [stored, given] = [this.headOf(id), readHead(record)!]
    const outcome = holder(stored, given)
    if (outcome === 'kept' && (stored!.fence < given.fence || stored!.revision < given.revision))
      this.records.set(id, record)
    return outcome
  }

  async check(id: string, token: Token): Promise<Outcome> {
    return holder(this.headOf(id), token)
  }

  async end(id: string, token: Token): Promise<Outcome> {
    const outcome = holder(this.headOf(id), token)
    if (outcome === 'kept') this.records.delete(id)
    return outcome
  }

  async touch(ids: readonly string[]): Promise<void> {
    this.touched.push(...ids)
  }

  close(): void {}

  private headOf(id: string) {
    const record = this.records.get(id)
    return record && readHead(record)
  }
}

function holder(stored: Token | undefined, token: Token): Outcome {
  if (!stored) return 'absent'
  if (stored.fence > token.fence) return 'moved'
  return stored.fence === token.fence && !stored.nonce.equals(token.nonce) ? 'moved' : 'kept'
}
