// What the main process and an executor say to each other.
import type { Answer } from '../../common/calls.ts'
import type { GraphName } from '../../registry/load.ts'
import type { LiveBatch, LiveResults } from '../../worlds/dima/serve/live-batch.ts'
import type { SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import type { PlanRequest, Rollout, Trajectories } from '../../worlds/rollout.ts'

export type GraphBytes = Partial<Record<GraphName, Uint8Array>>

/** A bundle as executors need it. The bytes were checked by the registry, and nothing on the disk can change them now. */
export interface LoadedBundle {
  digest: string
  /** `name/version` */
  reference: string
  spec: SimulatorSpec
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
    ask: { digest: string; graph: GraphName; size: number; offset: number; bytes: Uint8Array }
    answer: undefined
  }
  load: { ask: { bundle: Omit<LoadedBundle, 'graphs'> }; answer: { refused: RefusedBundle | undefined } }
  unload: { ask: { digest: string }; answer: undefined }
  rollout: { ask: { digest: string; rollout: Rollout }; answer: Trajectories }
  step: { ask: { digest: string; plan: PlanRequest; batch: LiveBatch }; answer: LiveResults }
  observe: { ask: { digest: string; states: Float32Array }; answer: Float32Array }
  /** One step of every model; throws if a number is not the one of the first time. */
  canary: { ask: object; answer: undefined }
}
export type CallName = keyof Calls

export type ToExecutor = { [K in CallName]: { type: K } & Calls[K]['ask'] }[CallName]

/** Alive is sent all the time while the process is able to: silence means that it is stuck. */
export type FromExecutor = { type: 'alive' } | Answer
