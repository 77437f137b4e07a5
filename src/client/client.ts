// A client for Node and browsers: fetch and types, nothing else.
import type { ModelDetail, ModelList } from '../api/models.ts'
import type { Problem } from '../api/problem.ts'
import type { RolloutRequest as Wire } from '../api/rollout.ts'

export interface Start {
  /** [l, S] environment units, oldest first */
  states: number[][]
  /** [l-1, N, A] */
  actions?: number[][][]
}

/** As the API has it, with the arrays' shapes in the types. */
export interface RolloutRequest extends Omit<Wire, 'starts' | 'actions'> {
  starts: Start[]
  /** [B, H, N, A] */
  actions: number[][][][]
}

export interface RolloutReply {
  model: { name: string; version: string; digest: string }
  seed: number
  plan: string
  order: string[] | null
  agents: string[]
  states?: number[][][] // [B, H, S]
  observations?: Record<string, number[][][]> // [B, H, O] by agent
  rewards?: number[][] // [B, H]
  terminations?: boolean[][] // [B, H]
  termination_probabilities?: number[][] // [B, H]
  lengths: number[] // [B]
  timing: { queue_ms: number; compute_ms: number; total_ms: number }
}

/** The server refused: `problem.code` is stable, `problem.errors` name the fields. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

export class DimaClient {
  private readonly url: string
  private readonly fetch: typeof globalThis.fetch

  /** @param url for example `http://127.0.0.1:8080` */
  constructor(url: string, fetch = globalThis.fetch) {
    this.url = url.replace(/\/$/, '')
    this.fetch = fetch
  }

  models(): Promise<ModelList> {
    return this.call('/v1/models')
  }

  /** @param reference name, name@version or name@label */
  model(reference: string): Promise<ModelDetail> {
    return this.call(`/v1/models/${encodeURIComponent(reference)}`)
  }

  /** Imagines joint trajectories. Throws ProblemError when the server refuses. */
  rollout(request: RolloutRequest, signal?: AbortSignal): Promise<RolloutReply> {
    return this.call('/v1/rollout', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      ...(signal ? { signal } : {}),
    })
  }

  private async call<T>(path: string, init?: RequestInit): Promise<T> {
    const reply = await this.fetch.call(globalThis, this.url + path, init)
    const body = await reply.json()
    if (!reply.ok) throw new ProblemError(body as Problem)
    return body as T
  }
}
