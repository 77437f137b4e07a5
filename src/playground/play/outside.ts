// What a player needs of the world around it: a page has the real things, tests have others.
import type { DimaStream } from '../../client/stream.ts'
import type { Pad } from '../actors/pad.ts'
import type { TrueStep } from '../truth/messages.ts'

/** The true environment (truth/truth.ts). */
export interface Truth {
  begin(state: readonly number[]): Promise<void>
  step(actions: readonly (readonly number[])[]): Promise<TrueStep>
  close(): void
}

export interface Outside {
  /** Resolves when there is a connection. */
  connect(): Promise<DimaStream>
  /** Rejects in words. */
  openTruth(environment: string): Promise<Truth>
  /** the gamepad that is being held */
  pad(): Pad | undefined
  /** milliseconds */
  now(): number
  sleep(ms: number): Promise<void>
}
