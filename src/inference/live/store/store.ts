// Where sessions are kept besides the memory of the process that computes them, so that another process can go on with
// them. Whoever holds a session has its token; the store itself takes commits under the token that it has and no other.
// No clocks, leases or locks: a holder that was paused for an hour finds its token replaced.

/** Who holds a session: its fence rises with every claim, and two claims of one fence differ in the nonce. */
export interface Token {
  readonly fence: number
  /** 8 bytes */
  readonly nonce: Buffer
}

/**
 * kept: written, or written before. moved: somebody else holds the session. absent: the store does not have it; whether
 * it was ended or lost, its epoch tells.
 */
export type Outcome = 'kept' | 'moved' | 'absent'

/** Records are those of record.ts. Every call throws DimaError `session_store` when what became of it is not known. */
export interface SessionStore {
  /** Writes a record where there is none. Returns whether it did. */
  create(id: string, record: Buffer): Promise<boolean>
  /** The record, whoever holds the session. */
  peek(id: string): Promise<Buffer | undefined>
  /**
   * Takes a session over: its fence rises by one.
   * @param seen the head of the record as peeked: if it is another by now nothing is changed
   * @returns whether it was
   */
  claim(id: string, seen: Buffer, nonce: Buffer): Promise<boolean>
  /** Writes a record of the same token and a greater revision, or of a newer token. */
  commit(id: string, record: Buffer): Promise<Outcome>
  /** Whether somebody still holds a session by this token. */
  check(id: string, token: Token): Promise<Outcome>
  /** These are used: they are kept for their whole time again. */
  touch(ids: readonly string[]): Promise<void>
  /** Forgets a session held by this token. */
  end(id: string, token: Token): Promise<Outcome>
  /** Of a session: changes when the store may have lost something since it was last kept, or seen, in another epoch. */
  epochOf(id: string): string
  /** milliseconds for which it could not be reached; 0: it answers */
  readonly lostMs: number
  close(): void
}
