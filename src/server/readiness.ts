// Whether the server can do what it is for, for those who decide where to send clients. That it is about to stop is told
// apart (draining.ts).
import type { Executors } from '../api/health.ts'
import { DimaError } from '../common/errors.ts'
import type { ServerContext } from './context.ts'

/** What routes tell of it. */
export interface HealthOptions {
  /** how many work right now */
  executors: () => Executors
  /** Throws DimaError `not_ready`. */
  requireReady: () => void
}

export interface Needed extends Pick<ServerContext, 'catalog' | 'store'> {
  executors: () => Executors
  /** milliseconds for which the session store may be silent: it may be gone for this server alone */
  storeLostMs: number
}

/** Throws DimaError `not_ready` without a model, an executor, or the session store. */
export function requireReady({ catalog, store, executors, storeLostMs }: Needed): void {
  if (store && store.lostMs > storeLostMs)
    throw new DimaError('not_ready', 'the session store does not answer')
  if (catalog.repository.bundles.length === 0) throw new DimaError('not_ready', 'no model is served')
  if (executors().ready === 0) throw new DimaError('not_ready', 'no executor is ready')
}
