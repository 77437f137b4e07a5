// What live sessions take and give: plain data, nothing of HTTP. S state, N agents, A action, O observation.
import type { Bundle } from '../../registry/load.ts'
import type { Acting } from '../../worlds/acting.ts'
import type { StartWindow } from '../../worlds/starts.ts'
import type { WorkOptions } from '../runner.ts'

export type AutoresetMode = 'disabled' | 'next_step' | 'same_step'

/** A served model: its bundle and the start states it brings for sessions that name none (possibly none). */
export interface LiveModel {
  bundle: Bundle
  starts: readonly StartWindow[]
}

/** Already checked against the model: shapes, finite numbers, order. */
export interface CreateOptions {
  model: LiveModel
  /** of the model's kind */
  choice: unknown
  /** absent: drawn */
  seed?: number
  /** absent: one of the model's, chosen by the seed */
  start?: StartWindow
  /** null: never truncated */
  maxEpisodeSteps: number | null
  autoreset: AutoresetMode
}

export interface ResetOptions {
  seed?: number
  start?: StartWindow
}

export interface StepOptions extends WorkOptions {
  /** default: the next */
  stepId?: number
  /** The bundle's policy acts for some agents, on what they observe in the session. */
  policy?: Acting
}

export type Standing = Pick<SessionView, 'bundle' | 'committedStepId'>

export interface SessionWindow {
  bundle: Bundle
  /** of the model's kind */
  choice: unknown
  start: StartWindow
}

/** Where a session stands. */
export interface SessionView {
  id: string
  bundle: Bundle
  /** what was chosen, in the words of the model's kind */
  chosen: Record<string, unknown>
  seed: number
  autoreset: AutoresetMode
  maxEpisodeSteps: number | null
  committedStepId: number
  episode: number
  episodeStep: number
  /** [S] environment units */
  state: Float64Array
  /** [N, O] */
  observations: Float32Array
  terminated: boolean
  truncated: boolean
  idleTimeoutSeconds: number
  /** milliseconds since 1970; the end of the year 9999 where nothing expires */
  expiresAt: number
}

export interface StepAnswer {
  sessionId: string
  stepId: number
  committedStepId: number
  /** 0 where the answer shows a start that autoreset has begun */
  episodeStep: number
  /** [S] environment units; of the next start where same_step has just begun one */
  state: Float64Array
  /** [N, O] */
  observations: Float32Array
  reward: number
  terminationProbability: number
  terminated: boolean
  truncated: boolean
  /** [N, A] taken, where a policy has acted */
  actions?: Float32Array
  /** with same_step, when the episode ended */
  final?: { state: Float64Array; observations: Float32Array }
  queueMs: number
  computeMs: number
}

/** There already, or on its way. */
export type Awaitable<T> = T | Promise<T>

export type CloseReason = 'closed' | 'expired' | 'shutdown'

export interface SessionSettings {
  /** most open sessions, of everyone and of one owner */
  capacity: number
  capacityPerOwner: number
  /** 0: never closed for being idle */
  idleTimeoutMs: number
  /** requests of one session that may wait */
  pendingPerSession: number
}

export interface SnapshotAnswer {
  sessionId: string
  committedStepId: number
  digest: string
  /** base64url of plain msgpack, some kilobytes */
  snapshot: string
}

/**
 * All live sessions of a server. `owner` is the id of the key that made the session: for anyone else it does not exist.
 * Requests of one session run one after the other in the order of the calls; a request that fails changes nothing.
 * Throws DimaError session_not_found, session_expired, session_closed, session_limit, sessions_full, session_busy,
 * step_out_of_order, step_conflict, episode_over, no_start, no_policy, invalid_snapshot, model_gone, diverged and those of Runner;
 * of sessions in a store session_store and session_moved.
 */
export interface Sessions {
  create(owner: string, options: CreateOptions): Promise<SessionView>
  /**
   * Has a session here that another server holds; whoever asks for one calls it before. What it can't bring is not open
   * here. Undefined: nothing has to be brought.
   * @param look whether it has moved on elsewhere is found out, too: steps find out by themselves
   */
  bring(owner: string, id: string, look?: boolean): Promise<void> | undefined
  get(owner: string, id: string): SessionView
  /** As much as a step needs of what `get` gives: it is a tenth of the work. */
  standing(owner: string, id: string): Standing
  /** Of the model that an open session is bound to; undefined where `get` throws. Asking keeps nothing alive. */
  digestOf(owner: string, id: string): string | undefined
  reset(owner: string, id: string, options: ResetOptions): Promise<SessionView>
  /** Where a rollout begins that goes on as the session would. DimaError `invalid_request` of kinds that have no such start. */
  window(owner: string, id: string): Promise<SessionWindow>
  /** @param action [N, A]; of agents that the policy acts for anything */
  step(owner: string, id: string, action: Float32Array, options?: StepOptions): Promise<StepAnswer>
  snapshot(owner: string, id: string): Promise<SnapshotAnswer>
  /** @param find the served model with a digest, if any */
  restore(
    owner: string,
    snapshot: string,
    find: (digest: string) => LiveModel | undefined,
  ): Promise<SessionView>
  fork(owner: string, id: string, options: { count: number; seeds?: number[] }): Promise<SessionView[]>
  close(owner: string, id: string): Awaitable<{ committedStepId: number }>
  /** Ends all sessions and the reaper. */
  closeAll(): void
  /** Models that open sessions are bound to. */
  digests(): Set<string>
  stats(): { open: number; capacity: number; stateBytes: number }
}
