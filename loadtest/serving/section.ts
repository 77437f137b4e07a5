// What the sections of bench:serving are told and return.
import type { Device } from '../../src/engine/device.ts'
import type { Finding } from './finding.ts'

export interface SectionOptions {
  models: string
  /** empty: the only one */
  model: string
  device: Device
  /** seconds of one slice or of one measurement */
  seconds: number
  /** slices of each contestant */
  rounds: number
}

export interface SectionResult {
  /** how it was measured */
  notes: Record<string, string | number>
  rows: Finding[]
}

export type Section = (options: SectionOptions) => Promise<SectionResult>
