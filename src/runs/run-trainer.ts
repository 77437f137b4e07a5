// What trains a run in its folder, whatever its algorithm.

import type { EpisodeSource } from '../episodes/sources/source.ts'
import type { Resources } from '../learning/lanes/lanes.ts'
import type { Reporter } from './progress.ts'
import type { RunFolder } from './run-folder.ts'

export interface RunTrainer {
  readonly finished: boolean
  /** Until the end, or until the signal asks to stop: the epoch at hand is lost then. */
  run(signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface TrainerOptions {
  folder: RunFolder
  source: EpisodeSource
  reporter: Reporter
  resources: Resources
}
