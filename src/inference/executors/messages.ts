// What the main process and an executor say to each other.
import type { Answer } from '../../common/calls.ts'
import type { Leanings, SeenBatch } from '../../worlds/acting.ts'
import type { LiveBatch, LiveResults } from '../../worlds/live.ts'
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import type { Begun, Starts } from '../../worlds/starts.ts'
import type { WorldSpec } from '../../worlds/world.ts'

/** By names of the manifest. */
export type GraphBytes = Record<string, Uint8Array>

/** A bundle as executors need it. The bytes were checked by the registry, and nothing on the disk can change them now. */
export interface LoadedBundle {
  digest: string
  /** `name/version` */
  reference: string
  spec: WorldSpec
  graphs: GraphBytes
}

/** A bundle that the engine would not load or run, and why. */
export interface RefusedBundle {
  digest: string
  /** `name/version` */
  reference: string
  reason: string
}

/** What an executor can be asked, and what it answers. */
export interface Calls {
  /** Part of a graph of a bundle that is about to be loaded. Whole graphs would hold up everything else on the way. */
  piece: {
    ask: { digest: string; graph: string; size: number; offset: number; bytes: Uint8Array }
    answer: undefined
  }
  load: { ask: { bundle: Omit<LoadedBundle, 'graphs'> }; answer: { refused: RefusedBundle | undefined } }
  unload: { ask: { digest: string }; answer: undefined }
  rollout: { ask: { digest: string; rollout: Rollout }; answer: Trajectories }
  step: { ask: { digest: string; batch: LiveBatch }; answer: LiveResults }
  begin: { ask: { digest: string; starts: Starts; choice: unknown }; answer: Begun }
  act: { ask: { digest: string; batch: SeenBatch }; answer: Leanings }
  /** One step of every model; throws if a number is not the one of the first time. */
  canary: { ask: object; answer: undefined }
}
export type CallName = keyof Calls

export type ToExecutor = { [K in CallName]: { type: K } & Calls[K]['ask'] }[CallName]

/** Alive is sent all the time while the process is able to: silence means that it is stuck. */
export type FromExecutor = { type: 'alive' } | Answer
