// Gauges that are read when somebody looks: models, executors, sessions, what is running.
import { Counter, Gauge, type Registry } from 'prom-client'
import type { CloseReason, Sessions } from '../../inference/live/types.ts'
import type { Catalog } from '../catalog.ts'
import { childrenOf } from './children.ts'
import type { StoreState } from './store.ts'

export interface PoolState {
  /** requests that wait for an executor */
  pendingSteps: number
  pendingRollouts: number
  executorsReady: number
  executorsStarting: number
}

export interface Sources {
  catalog: Catalog
  pool?: (() => PoolState) | undefined
  sessions?: (() => ReturnType<Sessions['stats']>) | undefined
  store?: StoreState | undefined
  /** of this server */
  version: string
}

export const RELOAD_OUTCOMES = ['ok', 'failed'] as const
/** failed: a bundle was refused and the one before it is still served */
export type ReloadOutcome = (typeof RELOAD_OUTCOMES)[number]
export const RESTART_REASONS = ['died', 'wedged'] as const
export type RestartReason = (typeof RESTART_REASONS)[number]
const CLOSE_REASONS = ['closed', 'expired', 'shutdown'] as const satisfies CloseReason[]

export interface StateMetrics {
  sessionClosed(reason: CloseReason): void
  reloaded(outcome: ReloadOutcome): void
  executorRestarted(reason: RestartReason): void
}

export function stateMetrics(
  registry: Registry,
  { catalog, pool, sessions, version }: Sources,
): StateMetrics {
  watchModels(registry, catalog, pool)
  if (pool) watchPool(registry, pool)
  if (sessions) watchSessions(registry, sessions)
  setBuildInfo(registry, version)
  const counter = events(registry)
  return {
    sessionClosed: counter('wm_sessions_closed_total', 'Live sessions ended', 'reason', CLOSE_REASONS),
    reloaded: counter('wm_reloads_total', 'Looks at a changed models folder', 'outcome', RELOAD_OUTCOMES),
    executorRestarted: counter(
      'wm_executor_restarts_total',
      'Executors replaced because they died or did not answer',
      'reason',
      RESTART_REASONS,
    ),
  }
}

function watchModels(registry: Registry, catalog: Catalog, pool: Sources['pool']): void {
  new Gauge({
    name: 'wm_model_ready',
    help: '1: loaded and an executor can run it. 0: loaded, no executor is ready',
    labelNames: ['model', 'version'],
    registers: [registry],
    collect() {
      const ready = !pool || pool().executorsReady > 0 ? 1 : 0
      this.reset() // a version that is no longer served has no value
      for (const { name, version } of catalog.repository.bundles) this.set({ model: name, version }, ready)
    },
  })
  new Gauge({
    name: 'wm_models_refused',
    help: 'Bundles and labels in the models folder that are not served; the log says why',
    registers: [registry],
    collect() {
      this.set(catalog.repository.refused.length)
    },
  })
}

function watchPool(registry: Registry, pool: () => PoolState): void {
  new Gauge({
    name: 'wm_pending_requests',
    help: 'Steps and rollouts that wait for an executor',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      const { pendingSteps, pendingRollouts } = pool()
      this.set({ kind: 'step' }, pendingSteps)
      this.set({ kind: 'rollout' }, pendingRollouts)
    },
  })
  new Gauge({
    name: 'wm_executors',
    help: 'Executor processes by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { executorsReady, executorsStarting } = pool()
      this.set({ state: 'ready' }, executorsReady)
      this.set({ state: 'starting' }, executorsStarting)
    },
  })
}

function watchSessions(registry: Registry, stats: () => ReturnType<Sessions['stats']>): void {
  const gauge = (name: string, help: string, field: 'open' | 'capacity' | 'stateBytes') =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(stats()[field])
      },
    })
  gauge('wm_sessions_open', 'Open live sessions', 'open')
  gauge('wm_sessions_capacity', 'Most live sessions that may be open', 'capacity')
  gauge('wm_session_state_bytes', 'Memory that the state of all open sessions takes', 'stateBytes')
}

function setBuildInfo(registry: Registry, version: string): void {
  const labelNames = ['version', 'node']
  const help = 'Always 1; the labels say what is running'
  const info = new Gauge({ name: 'wm_build_info', help, labelNames, registers: [registry] })
  info.set({ version, node: process.version }, 1)
}

/** Counters of rare things. All of them start at 0, so that the first one shows as an increase. */
const events =
  (registry: Registry) =>
  <V extends string>(name: string, help: string, label: string, values: readonly V[]) => {
    const counter = new Counter({ name, help, labelNames: [label], registers: [registry] })
    const children = childrenOf(counter, [label])
    for (const value of values) children.of(value).inc(0)
    return (value: V) => children.of(value).inc()
  }
