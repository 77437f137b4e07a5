// What a proof process says, and when it is told to begin.
import type { Bundle } from '../../registry/load.ts'
import type { StartWindow } from '../../worlds/starts.ts'

export interface ToProof {
  bundle: Bundle
}

export type FromProof =
  /** it has started, and waits for the bundle */
  | { type: 'up' }
  /** it can still speak */
  | { type: 'alive' }
  /** the file that the engine is asked to compute with next */
  | { type: 'doing'; file: string }
  | { type: 'proven'; starts: StartWindow[] }
  | { type: 'refused'; reason: string }
