// An app in which everything that has a metric has happened once.
import type { FastifyInstance } from 'fastify'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { createMetrics, type Metrics } from '../../src/server/metrics/metrics.ts'
import { VERSION } from '../../src/server/version.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { bundleOf, goodRequest, rollout, testApp } from '../server/fixture.ts'

export async function busyApp(): Promise<{ app: FastifyInstance; work: () => void }> {
  const catalog = staticCatalog(new Repository([bundleOf()]), KINDS)
  const metrics = createMetrics({
    catalog,
    pool: () => ({ pendingSteps: 2, pendingRollouts: 1, executorsReady: 2, executorsStarting: 0 }),
    sessions: () => ({ open: 3, capacity: 10, stateBytes: 4000 }),
    store: { lostMs: 0 },
    version: VERSION,
  })
  const app = testApp({ catalog, metrics })
  await rollout(app, goodRequest())
  await rollout(app, { ...goodRequest(), seed: 'wrong' })
  work(metrics)
  return { app, work: () => work(metrics) }
}

function work(metrics: Metrics): void {
  const { name: model, version, digest } = bundleOf()
  metrics.rollout({ model, version, plan: 'joint', batch: 2, horizon: 5, queueMs: 1, computeMs: 30 })
  metrics.step({ model, version, queueMs: 1, computeMs: 5, acted: true })
  metrics.act({ model, version, rows: 3, queueMs: 1 })
  metrics.plan({ model, version, method: 'icem', stopped: 'done', imaginedSteps: 2160, seconds: 0.4 })
  metrics.executed({ digest, kind: 'step', rows: 8, computeMs: 5, device: 'cpu' })
  metrics.executed({ digest, kind: 'rollout', rows: 64, computeMs: 50, device: 'cpu' })
  metrics.message('step', 'ok', 0.007)
  metrics.serialized('msgpack', 0.0001)
  metrics.storeCalled('commit', 64, 0.001, false)
  metrics.sessionMoved('taken')
  metrics.socketOpened()
}
