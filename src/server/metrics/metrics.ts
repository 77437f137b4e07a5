// Prometheus metrics of a server: prefix wm_, base units, no ids in labels, a bounded number of series.
import { collectDefaultMetrics, Registry } from 'prom-client'
import { watchEventLoop } from './event-loop.ts'
import { modelNames } from './model-names.ts'
import { endsOf, type RequestMetrics, requestMetrics } from './requests.ts'
import { type SocketMetrics, socketMetrics } from './sockets.ts'
import { type Sources, type StateMetrics, stateMetrics } from './state.ts'
import { type StoreMetrics, storeMetrics } from './store.ts'
import { type WorkMetrics, workMetrics } from './work.ts'

export interface Metrics extends RequestMetrics, SocketMetrics, WorkMetrics, StateMetrics, StoreMetrics {
  /** The text of GET /metrics and its content type. */
  render(): Promise<{ text: string; contentType: string }>
  /** Ends the watch of the event loop. */
  close(): void
}

/** Sums of what nodejs_active_resources and its like tell by type: gauges, which Prometheus wants without _total. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`)

/** Its own registry for each call, so that two apps in a process (tests) don't share counts. */
export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  const models = modelNames(sources.catalog)
  const ends = endsOf(registry)
  return {
    ...requestMetrics(registry, models, ends),
    ...socketMetrics(registry, ends),
    ...workMetrics(registry, models),
    ...stateMetrics(registry, sources),
    ...storeMetrics(registry, sources.store),
    close: watchEventLoop(registry),
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  }
}
