// The session store as the server sees it: its calls, how long they take, and sessions that change their server.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { childrenOf } from './children.ts'

export interface StoreState {
  /** milliseconds for which it has not answered */
  readonly lostMs: number
}

export interface StoreMetrics {
  storeCalled(call: string, rows: number, seconds: number, failed: boolean): void
  /** taken from the store, or lost to another server */
  sessionMoved(direction: 'taken' | 'lost'): void
}

const CALLS = ['create', 'peek', 'claim', 'commit', 'check', 'touch', 'end'] as const
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

/** Without a store there are no such series. */
export function storeMetrics(registry: Registry, store: StoreState | undefined): StoreMetrics {
  if (!store) return { storeCalled: () => {}, sessionMoved: () => {} }
  const registers = [registry]
  new Gauge({
    name: 'wm_session_store_up',
    help: '1: the session store answers',
    registers,
    collect() {
      this.set(store.lostMs === 0 ? 1 : 0)
    },
  })
  const seconds = new Histogram({
    name: 'wm_session_store_duration_seconds',
    help: 'Calls of the session store',
    labelNames: ['call'],
    buckets: BUCKETS,
    registers,
  })
  const counter = (name: string, help: string, label: string) =>
    childrenOf(new Counter({ name, help, labelNames: [label], registers }), [label])
  const durations = childrenOf(seconds, ['call'])
  const rows = counter('wm_session_store_rows_total', 'Sessions in calls of the session store', 'call')
  const failures = counter(
    'wm_session_store_failures_total',
    'Calls that the session store did not answer',
    'call',
  )
  const moved = counter(
    'wm_session_store_moved_total',
    'Sessions taken from the store, and lost to others',
    'direction',
  )
  for (const call of CALLS) failures.of(call).inc(0)
  for (const direction of ['taken', 'lost']) moved.of(direction).inc(0)
  return {
    storeCalled: (call, count, took, failed) => {
      durations.of(call).observe(took)
      rows.of(call).inc(count)
      if (failed) failures.of(call).inc()
    },
    sessionMoved: (direction) => moved.of(direction).inc(),
  }
}
