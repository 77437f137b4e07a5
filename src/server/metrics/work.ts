// What is imagined: rollouts, live steps, and the batches they share.
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Execution } from '../../inference/executors/dispatcher.ts'
import { COMPUTE_SECONDS, ROWS, SECONDS } from './buckets.ts'
import { childrenOf } from './children.ts'
import { keptByModel, type ModelNames } from './model-names.ts'

export interface FinishedRollout {
  model: string
  version: string
  plan: string
  batch: number
  horizon: number
  queueMs: number
  computeMs: number
  /** whether a policy was in its loop */
  acted?: boolean
}

export interface FinishedStep {
  model: string
  version: string
  queueMs: number
  /** of the batch the step was part of */
  computeMs: number
  /** whether a policy has acted in it */
  acted?: boolean
}

export interface FinishedAct {
  model: string
  version: string
  rows: number
  queueMs: number
}

export interface FinishedPlan {
  model: string
  version: string
  method: string
  stopped: string
  imaginedSteps: number
  /** from the request to its answer */
  seconds: number
}

export interface WorkMetrics {
  /** A rollout that was asked for was computed. */
  rollout(finished: FinishedRollout): void
  /** A live step was computed and committed. */
  step(finished: FinishedStep): void
  /** A policy has acted on observations of a caller's own. */
  act(finished: FinishedAct): void
  /** A plan was answered. */
  plan(finished: FinishedPlan): void
  /** An executor has computed a batch: some steps, or a chunk of a rollout. */
  executed(execution: Execution): void
}

export function workMetrics(registry: Registry, models: ModelNames): WorkMetrics {
  const asked = requestMetrics(registry, models)
  return { ...asked, plan: planRecorder(registry, models), executed: executionRecorder(registry, models) }
}

/** Measures requests as callers see them: how long one waited and was computed. */
function requestMetrics(
  registry: Registry,
  models: ModelNames,
): Pick<WorkMetrics, 'rollout' | 'step' | 'act'> {
  const { queue, compute } = durations(registry, models)
  const { rollouts, steps, actions } = counts(registry, models)
  const [queueOfSteps, queueOfRollouts, queueOfActs] = [
    queue.of('step'),
    queue.of('rollout'),
    queue.of('act'),
  ]
  const ofSteps = keptByModel((...name) => ({
    compute: compute.of(...name, 'step'),
    steps: steps.of(...name),
  }))
  return {
    rollout: ({ model, version, plan, batch, horizon, queueMs, computeMs, acted }) => {
      const name = models.of(model, version)
      queueOfRollouts.observe(queueMs / 1000)
      compute.of(...name, 'rollout').observe(computeMs / 1000)
      rollouts.of(...name, plan).inc()
      steps.of(...name).inc(batch * horizon)
      if (acted) actions.of(...name).inc(batch * horizon)
    },
    step: ({ model, version, queueMs, computeMs, acted }) => {
      const name = models.of(model, version)
      const series = ofSteps(name)
      queueOfSteps.observe(queueMs / 1000)
      series.compute.observe(computeMs / 1000)
      series.steps.inc()
      if (acted) actions.of(...name).inc()
    },
    act: ({ model, version, rows, queueMs }) => {
      queueOfActs.observe(queueMs / 1000)
      actions.of(...models.of(model, version)).inc(rows)
    },
  }
}

/** Their rollouts are not counted as such: the executors' batches are. */
function planRecorder(registry: Registry, models: ModelNames): WorkMetrics['plan'] {
  const counter = modelCounter(registry, models)
  const plans = counter('wm_plans_total', 'Plans answered, by method and by what ended the search', [
    'method',
    'stopped',
  ])
  const steps = counter('wm_plan_steps_total', 'Imagined joint steps of plans')
  const labels = ['model', 'version', 'method']
  const seconds = new Histogram({
    name: 'wm_plan_duration_seconds',
    help: 'From a request for a plan to its answer',
    labelNames: labels,
    buckets: COMPUTE_SECONDS,
    registers: [registry],
  })
  const durations = models.watch(childrenOf(seconds, labels))
  return ({ model, version, method, stopped, imaginedSteps, seconds }) => {
    const name = models.of(model, version)
    plans.of(...name, method, stopped).inc()
    steps.of(...name).inc(imaginedSteps)
    durations.of(...name, method).observe(seconds)
  }
}

function durations(registry: Registry, models: ModelNames) {
  const registers = [registry]
  const queue = new Histogram({
    name: 'wm_queue_duration_seconds',
    help: 'Waiting for an executor, by request',
    labelNames: ['kind'],
    buckets: SECONDS,
    registers,
  })
  const computeLabels = ['model', 'version', 'kind']
  const compute = new Histogram({
    name: 'wm_compute_duration_seconds',
    help: 'Computing a rollout, or the batch that a step was part of, by request',
    labelNames: computeLabels,
    buckets: COMPUTE_SECONDS,
    registers,
  })
  return {
    queue: childrenOf(queue, ['kind']),
    compute: models.watch(childrenOf(compute, computeLabels)),
  }
}

function counts(registry: Registry, models: ModelNames) {
  const counter = modelCounter(registry, models)
  return {
    rollouts: counter('wm_rollouts_total', 'Rollouts computed', ['plan']),
    steps: counter('wm_steps_total', 'Imagined joint steps of rollouts and live sessions'),
    actions: counter(
      'wm_policy_actions_total',
      'Joint actions by the policies of models, in steps and by themselves',
    ),
  }
}

/** Measures batches as executors see them. Rows over batches is the mean batch. */
function executionRecorder(registry: Registry, models: ModelNames): WorkMetrics['executed'] {
  const counter = modelCounter(registry, models)
  const labels = ['kind', 'device']
  const rowsTotal = counter('wm_inference_total', 'Rows computed by executors', labels)
  const batches = counter('wm_execution_total', 'Batches computed by executors', labels)
  const seconds = counter('wm_execution_seconds_total', 'Seconds that executors computed', labels)
  const sizes = batchSizes(registry)
  const on = (device: string) => {
    const of = (kind: Execution['kind']) =>
      keptByModel((...name) => ({
        rows: rowsTotal.of(...name, kind, device),
        batches: batches.of(...name, kind, device),
        seconds: seconds.of(...name, kind, device),
        size: sizes.of(kind),
      }))
    return { step: of('step'), rollout: of('rollout') }
  }
  const byDevice = new Map<string, ReturnType<typeof on>>()
  return ({ digest, kind, rows, computeMs, device }) => {
    const known = byDevice.get(device) ?? on(device)
    byDevice.set(device, known)
    const series = known[kind](models.byDigest(digest))
    series.rows.inc(rows)
    series.batches.inc()
    series.seconds.inc(computeMs / 1000)
    series.size.observe(rows)
  }
}

function batchSizes(registry: Registry) {
  const labelNames = ['kind']
  const help = 'Rows of a batch'
  const histogram = new Histogram({
    name: 'wm_batch_size',
    help,
    labelNames,
    buckets: ROWS,
    registers: [registry],
  })
  return childrenOf(histogram, labelNames)
}

const modelCounter =
  (registry: Registry, models: ModelNames) =>
  (name: string, help: string, more: string[] = []) => {
    const labelNames = ['model', 'version', ...more]
    return models.watch(
      childrenOf(new Counter({ name, help, labelNames, registers: [registry] }), labelNames),
    )
  }
