import { expect, test } from 'vitest'
import { figuresBetween, parseMetrics } from '../../loadtest/server-metrics.ts'

const page = (rows: number, batches: number, sum: number, count: number) => `# HELP wm_inference_total rows
wm_inference_total{model="a",version="1",kind="step"} ${rows}
wm_inference_total{model="b",version="1",kind="step"} ${rows}
wm_execution_total{model="a",version="1",kind="step"} ${batches}
wm_execution_total{model="a",version="1",kind="rollout"} 0
wm_execution_seconds_total{model="a",version="1",kind="step"} ${rows / 100}
wm_serialize_duration_seconds_sum{format="json"} ${sum}
wm_serialize_duration_seconds_count{format="json"} ${count}
wm_event_loop_delay_seconds{percentile="p99"} 0.004
process_open_fds 20
`

test('figures are what grew between two looks', () => {
  const [before, after] = [parseMetrics(page(10, 5, 1, 10)), parseMetrics(page(110, 9, 3, 30))]
  expect(figuresBetween(before, after, 2)).toEqual({
    serializeMs: { json: 100 },
    meanBatch: { step: 50 },
    executorsBusy: { step: 0.5 },
    eventLoopDelayMs: { p99: 4 },
  })
})

test('what did not happen has no mean', () => {
  const look = parseMetrics(page(10, 5, 1, 10))
  expect(figuresBetween(look, look, 1)).toMatchObject({ serializeMs: {}, meanBatch: {} })
})
