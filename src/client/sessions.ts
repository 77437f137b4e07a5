// Live sessions over REST. On a socket they are faster: see stream.ts.
import type { Http } from './http.ts'
import type {
  Closed,
  CreateSession,
  ForkSession,
  ResetSession,
  SessionState,
  Snapshot,
  StepMany,
  StepManyReply,
  StepReply,
  StepSession,
} from './types.ts'

/** Every method throws ProblemError when the server refuses. */
export interface RestSessions {
  create(options?: CreateSession): Promise<SessionState>
  get(id: string): Promise<SessionState>
  reset(id: string, options?: ResetSession): Promise<SessionState>
  /** With a step_id it may be sent again when its answer was lost. */
  step(id: string, step: StepSession): Promise<StepReply>
  stepMany(steps: StepMany): Promise<StepManyReply>
  snapshot(id: string): Promise<Snapshot>
  restore(snapshot: string): Promise<SessionState>
  fork(id: string, options?: ForkSession): Promise<SessionState[]>
  close(id: string): Promise<Closed>
}

export function restSessions({ json }: Http): RestSessions {
  const post = <T>(path: string, body: object) => json<T>(`/v1/sessions${path}`, { method: 'POST', body })
  const one = (id: string) => `/${encodeURIComponent(id)}`
  return {
    create: (options = {}) => post('', options),
    get: (id) => json(`/v1/sessions${one(id)}`),
    reset: (id, options = {}) => post(`${one(id)}/reset`, options),
    step: (id, step) => post(`${one(id)}/step`, step),
    stepMany: (steps) => post('/step', steps),
    snapshot: (id) => post(`${one(id)}/snapshot`, {}),
    restore: (snapshot) => post('/restore', { snapshot }),
    fork: async (id, options = {}) =>
      (await post<{ sessions: SessionState[] }>(`${one(id)}/fork`, options)).sessions,
    close: (id) => json(`/v1/sessions${one(id)}`, { method: 'DELETE' }),
  }
}
