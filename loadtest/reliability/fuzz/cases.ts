// One case of the fuzzer: a function of seed, number and what is known of the server. Most begin as a good request.
import { OPERATION_NAMES } from '../../../src/api/stream.ts'
import { Rng } from '../../../src/common/rng.ts'
import { jsonBytes, msgpackBytes } from './encode.ts'
import { type HttpCase, httpCase } from './http-case.ts'
import { chance, choose, oddValue } from './odd.ts'
import { rawHttp, rawSocket } from './raw.ts'
import { type Known, REQUESTS, spoiltOrStrange } from './requests.ts'

export type Case = HttpCase | FrameCase | RawCase

/** A message on an open socket, which gets one answer. */
export interface FrameCase {
  kind: 'frame'
  data: Buffer
  binary: boolean
}

/** Bytes for a connection of their own, which ends with them: below HTTP, or below the socket's frames. */
export interface RawCase {
  kind: 'raw'
  /** whether the bytes follow a good upgrade */
  upgraded: boolean
  /** written one after the other */
  parts: Buffer[]
}

export function caseOf(seed: number, number: number, known: Known, key: string): Case {
  const rng = new Rng(seed, 'fuzz', number)
  const kind = rng.int(100)
  if (kind < 5) return { kind: 'raw', upgraded: false, parts: rawHttp(rng, key) }
  if (kind < 7) return { kind: 'raw', upgraded: true, parts: rawSocket(rng) }
  return kind < 55 ? httpCase(rng, known, key) : frameCase(rng, known)
}

function frameCase(rng: Rng, known: Known): FrameCase {
  const type = choose(rng, OPERATION_NAMES)
  const fields = REQUESTS[type](rng, known)
  const traceparent = chance(rng, 0.05) ? { traceparent: oddValue(rng) } : {}
  const message = { type, id: chance(rng, 0.9) ? rng.int(1000) : oddValue(rng), ...traceparent, ...fields }
  const value = spoiltOrStrange(rng, message, known)
  const binary = chance(rng, 0.4)
  // A frame that claims to be the other kind now and then.
  const data = binary === chance(rng, 0.97) ? msgpackBytes(rng, value) : jsonBytes(rng, value)
  return { kind: 'frame', data, binary }
}
