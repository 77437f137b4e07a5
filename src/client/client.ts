// A client for Node and browsers: fetch and types, nothing else. For sessions on a socket see stream.ts.
import type { ModelDetail, ModelList } from '../api/models.ts'
import { type Http, type HttpOptions, http } from './http.ts'
import { type RestSessions, restSessions } from './sessions.ts'
import type {
  ActReply,
  ActRequest,
  Observations,
  PlanReply,
  PlanRequest,
  RolloutReply,
  RolloutRequest,
  StreamedPart,
} from './types.ts'

export class DimaClient {
  /** live sessions, one request at a time */
  readonly sessions: RestSessions
  private readonly http: Http

  /** @param url for example `http://127.0.0.1:8080` */
  constructor(url: string, options: HttpOptions = {}) {
    this.http = http(url, options)
    this.sessions = restSessions(this.http)
  }

  models(): Promise<ModelList> {
    return this.http.json('/v1/models')
  }

  /** @param reference name, name@version or name@label */
  model(reference: string): Promise<ModelDetail> {
    return this.http.json(`/v1/models/${encodeURIComponent(reference)}`)
  }

  /** Imagines joint trajectories. Throws ProblemError when the server refuses. */
  rollout(request: RolloutRequest, signal?: AbortSignal): Promise<RolloutReply> {
    return this.http.json('/v1/rollout', { method: 'POST', body: request, signal })
  }

  /**
   * What the model's own policy does: [A] by agent for observations [O], [B, A] for [B, O]. Throws ProblemError, `no_policy`
   * where the model has none.
   */
  act<Seen extends Observations>(request: ActRequest<Seen>, signal?: AbortSignal): Promise<ActReply<Seen>> {
    return this.http.json('/v1/policy/act', { method: 'POST', body: request, signal })
  }

  /** The joint actions that the model expects most of, from a start or a session. Throws ProblemError. */
  plan(request: PlanRequest, signal?: AbortSignal): Promise<PlanReply> {
    return this.http.json('/v1/plan', { method: 'POST', body: request, signal })
  }

  /** A rollout step by step, as it is imagined: a start, a step for each t, an end. Leave the loop to stop it. */
  rolloutStream(request: RolloutRequest, signal?: AbortSignal): AsyncGenerator<StreamedPart> {
    return this.http.lines('/v1/rollout/stream', { method: 'POST', body: request, signal })
  }
}
