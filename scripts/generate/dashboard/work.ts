// What executors compute, in which batches, for which sessions.
import { heatmap, type Row, table, timeseries } from './grafana.ts'
import { MODEL, rate, SERVER, sum, WINDOW } from './queries.ts'

export const batching: Row = {
  title: 'Batching',
  height: 8,
  panels: [
    timeseries(
      'Mean batch',
      { width: 6, description: 'Rows by batch. More rows a batch are fewer seconds a row.' },
      [
        `${sum(rate('wm_inference_total', MODEL), 'kind')} / ${sum(rate('wm_execution_total', MODEL), 'kind')}`,
        '{{kind}}',
      ],
    ),
    heatmap('Batch size', { width: 6 }, [sum(`increase(wm_batch_size_bucket{${SERVER}}${WINDOW})`, 'le')]),
    timeseries(
      'Executors at work, by device',
      {
        width: 6,
        stacked: true,
        description: 'Mean number of those that compute at a time: cpu, webgpu, cuda:1.',
      },
      [sum(rate('wm_execution_seconds_total', MODEL), 'device'), '{{device}}'],
    ),
    timeseries('Waiting for an executor', { width: 6, stacked: true }, [
      sum(`wm_pending_requests{${SERVER}}`, 'kind'),
      '{{kind}}',
    ]),
  ],
}

export const sessions: Row = {
  title: 'Sessions and sockets',
  height: 8,
  panels: [
    timeseries(
      'Sessions open',
      {},
      [sum(`wm_sessions_open{${SERVER}}`), 'open'],
      [sum(`wm_sessions_capacity{${SERVER}}`), 'capacity'],
    ),
    timeseries('Sessions ended', { unit: 'ops', stacked: true }, [
      sum(rate('wm_sessions_closed_total'), 'reason'),
      '{{reason}}',
    ]),
    timeseries('State of sessions', { unit: 'bytes' }, [
      sum(`wm_session_state_bytes{${SERVER}}`, 'instance'),
      '{{instance}}',
    ]),
    timeseries('Sockets open', { width: 12 }, [
      sum(`wm_sockets_open{${SERVER}}`, 'instance'),
      '{{instance}}',
    ]),
    timeseries('Sockets closed', { width: 12, unit: 'ops', stacked: true }, [
      sum(rate('wm_sockets_closed_total'), 'reason'),
      '{{reason}}',
    ]),
  ],
}

export const executors: Row = {
  title: 'Executors and models',
  height: 8,
  panels: [
    timeseries('Executors', { stacked: true }, [sum(`wm_executors{${SERVER}}`, 'state'), '{{state}}']),
    timeseries(
      'Executors busy, by kind of work',
      {
        unit: 'percentunit',
        stacked: true,
        description: 'Share of the time of all executors that are ready.',
      },
      [
        `${sum(rate('wm_execution_seconds_total', MODEL), 'kind')} / ` +
          `scalar(${sum(`wm_executors{${SERVER}, state="ready"}`)})`,
        '{{kind}}',
      ],
    ),
    timeseries('Restarts of executors', {}, [
      sum(`increase(wm_executor_restarts_total{${SERVER}}${WINDOW})`, 'reason'),
      '{{reason}}',
    ]),
    table('Models served', { width: 12 }, [`wm_model_ready{${MODEL}}`]),
    timeseries(
      'Reloads and refused bundles',
      { width: 12 },
      [sum(`increase(wm_reloads_total{${SERVER}}${WINDOW})`, 'outcome'), 'reload {{outcome}}'],
      [sum(`wm_models_refused{${SERVER}}`), 'refused now'],
    ),
  ],
}
