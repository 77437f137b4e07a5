// Writes deploy/grafana/dima.json, the dashboard of the server's metrics. Grafana: Dashboards, New, Import.
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dashboardJson, heatmap, type Row, stat, table, timeseries } from './grafana.ts'

const FILE = new URL('../../deploy/grafana/dima.json', import.meta.url)
const WINDOW = '[$__rate_interval]'

/** Matchers: every metric of the chosen servers; those with a model label also of the chosen models. */
const SERVER = 'instance=~"$instance"'
const MODEL = `${SERVER}, model=~"$model"`

const rate = (metric: string, matchers = SERVER): string => `rate(${metric}{${matchers}}${WINDOW})`
const sum = (expr: string, ...labels: string[]): string =>
  labels.length > 0 ? `sum by (${labels.join(', ')}) (${expr})` : `sum(${expr})`
const quantile = (q: number, histogram: string, matchers: string, ...labels: string[]): string =>
  `histogram_quantile(${q}, ${sum(rate(`${histogram}_bucket`, matchers), 'le', ...labels)})`
const mean = (histogram: string, matchers: string, ...labels: string[]): string =>
  `${sum(rate(`${histogram}_sum`, matchers), ...labels)} / ${sum(rate(`${histogram}_count`, matchers), ...labels)}`
const quantiles = (histogram: string, matchers: string, label: string): [string, string][] =>
  [0.5, 0.95, 0.99].map((q) => [quantile(q, histogram, matchers, label), `{{${label}}} p${q * 100}`])
const ofRoute = (q: number): [string, string] => [
  quantile(q, 'wm_request_duration_seconds', SERVER, 'route'),
  '{{route}}',
]

const overview: Row = {
  title: 'At a glance',
  height: 4,
  panels: [
    stat('Requests and messages', { width: 3, unit: 'reqps' }, [
      sum(rate('wm_request_duration_seconds_count')),
    ]),
    stat('Imagined steps', { width: 3, unit: 'ops' }, [sum(rate('wm_steps_total', MODEL))]),
    stat(
      'Server errors',
      {
        width: 3,
        unit: 'percentunit',
        thresholds: { yellow: 0.005, red: 0.02 },
        description: 'Share of requests that failed and that the operator has to look at.',
      },
      [
        `(${sum(rate('wm_requests_total', `${MODEL}, outcome="server_error"`))} or vector(0)) / ` +
          sum(rate('wm_requests_total', MODEL)),
      ],
    ),
    stat('Latency p99', { width: 3, unit: 's', thresholds: { yellow: 1, red: 5 } }, [
      quantile(0.99, 'wm_request_duration_seconds', SERVER),
    ]),
    stat('Executors busy', { width: 3, unit: 'percentunit', thresholds: { yellow: 0.8, red: 0.95 } }, [
      `${sum(rate('wm_execution_seconds_total'))} / ${sum(`wm_executors{${SERVER}, state="ready"}`)}`,
    ]),
    stat('Sessions, of capacity', { width: 3, unit: 'percentunit', thresholds: { yellow: 0.7, red: 0.9 } }, [
      `${sum(`wm_sessions_open{${SERVER}}`)} / ${sum(`wm_sessions_capacity{${SERVER}}`)}`,
    ]),
    stat('Models not ready', { width: 3, thresholds: { yellow: 1, red: 1 } }, [
      `count(wm_model_ready{${MODEL}} == 0) or vector(0)`,
    ]),
    stat('Event loop delay p99', { width: 3, unit: 's', thresholds: { yellow: 0.01, red: 0.05 } }, [
      `max(wm_event_loop_delay_seconds{${SERVER}, percentile="p99"})`,
    ]),
  ],
}

const traffic: Row = {
  title: 'Traffic and errors',
  height: 8,
  panels: [
    timeseries('Requests by route', { unit: 'reqps', stacked: true }, [
      sum(rate('wm_requests_total', MODEL), 'route'),
      '{{route}}',
    ]),
    timeseries(
      'What did not succeed',
      {
        unit: 'reqps',
        stacked: true,
        description: 'REJECTED for load, CANCELED by the caller, BACKEND failed, OTHER: a wrong request.',
      },
      [
        sum(rate('wm_requests_total', `${MODEL}, outcome!="ok"`), 'outcome', 'reason'),
        '{{outcome}} {{reason}}',
      ],
    ),
    timeseries('Rejected for load', { unit: 'reqps', stacked: true }, [
      sum(rate('wm_rejected_total'), 'reason'),
      '{{reason}}',
    ]),
    timeseries('Imagined joint steps', { unit: 'ops', stacked: true }, [
      sum(rate('wm_steps_total', MODEL), 'model', 'version'),
      '{{model}}@{{version}}',
    ]),
    timeseries('Joint actions by policies', { unit: 'ops', stacked: true }, [
      sum(rate('wm_policy_actions_total', MODEL), 'model', 'version'),
      '{{model}}@{{version}}',
    ]),
    timeseries('Messages of sockets', { unit: 'ops', stacked: true }, [
      sum(rate('wm_socket_messages_total'), 'op', 'outcome'),
      '{{op}} {{outcome}}',
    ]),
  ],
}

const latency: Row = {
  title: 'Latency',
  height: 8,
  panels: [
    timeseries('p50 by route', { unit: 's' }, ofRoute(0.5)),
    timeseries('p95 by route', { unit: 's' }, ofRoute(0.95)),
    timeseries('p99 by route', { unit: 's' }, ofRoute(0.99)),
    timeseries(
      'Queue',
      { unit: 's', description: 'Waiting for an executor. Grows first when there are too few.' },
      ...quantiles('wm_queue_duration_seconds', SERVER, 'kind'),
    ),
    timeseries(
      'Compute',
      { unit: 's', description: 'A rollout, or the batch that a step was part of.' },
      ...quantiles('wm_compute_duration_seconds', MODEL, 'kind'),
    ),
    timeseries(
      'Serialise',
      { unit: 's', description: 'On the event loop: nothing else happens meanwhile.' },
      ...quantiles('wm_serialize_duration_seconds', SERVER, 'format'),
    ),
    timeseries(
      'Where the time of a request goes (mean)',
      { width: 12, unit: 's', stacked: true },
      [mean('wm_queue_duration_seconds', SERVER), 'queue'],
      [mean('wm_compute_duration_seconds', MODEL), 'compute'],
      [mean('wm_serialize_duration_seconds', SERVER), 'serialise'],
    ),
    heatmap('All requests', { width: 12, unit: 's' }, [
      sum(`increase(wm_request_duration_seconds_bucket{${SERVER}}${WINDOW})`, 'le'),
    ]),
  ],
}

const planning: Row = {
  title: 'Plans',
  height: 8,
  panels: [
    timeseries(
      'Plans answered',
      { unit: 'ops', stacked: true, description: 'deadline: the best so far was answered.' },
      [sum(rate('wm_plans_total', MODEL), 'method', 'stopped'), '{{method}} {{stopped}}'],
    ),
    timeseries('Time of a plan', { unit: 's' }, ...quantiles('wm_plan_duration_seconds', MODEL, 'method')),
    timeseries('Imagined joint steps of plans', { unit: 'ops', stacked: true }, [
      sum(rate('wm_plan_steps_total', MODEL), 'model', 'version'),
      '{{model}}@{{version}}',
    ]),
  ],
}

const batching: Row = {
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

const sessions: Row = {
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

/** What one server does that others do not. */
const replicas: Row = {
  title: 'Servers of a fleet',
  height: 8,
  panels: [
    timeseries(
      'Servers',
      { description: 'As scraped: one that is gone is in neither. Two versions: an update is under way.' },
      [`count by (version) (wm_build_info{${SERVER}})`, 'version {{version}}'],
      [
        `count(${sum(`wm_executors{${SERVER}, state="ready"}`, 'instance')} > 0) or vector(0)`,
        'with an executor',
      ],
    ),
    timeseries('Executors busy, by server', { unit: 'percentunit' }, [
      `${sum(rate('wm_execution_seconds_total'), 'instance')} / ` +
        sum(`wm_executors{${SERVER}, state="ready"}`, 'instance'),
      '{{instance}}',
    ]),
    timeseries('Sessions open, by server', { stacked: true }, [
      sum(`wm_sessions_open{${SERVER}}`, 'instance'),
      '{{instance}}',
    ]),
    timeseries('Requests and messages, by server', { width: 12, unit: 'reqps', stacked: true }, [
      sum(rate('wm_request_duration_seconds_count'), 'instance'),
      '{{instance}}',
    ]),
    timeseries('Wait for an executor, mean by server', { width: 12, unit: 's' }, [
      mean('wm_queue_duration_seconds', SERVER, 'instance'),
      '{{instance}}',
    ]),
  ],
}

const store: Row = {
  title: 'Session store',
  height: 8,
  panels: [
    timeseries('Servers that reach it', {}, [`sum(wm_session_store_up{${SERVER}})`, 'servers']),
    timeseries('Sessions that change their server', { unit: 'ops' }, [
      sum(rate('wm_session_store_moved_total'), 'direction'),
      '{{direction}}',
    ]),
    timeseries('Calls that failed', { unit: 'ops', stacked: true }, [
      sum(rate('wm_session_store_failures_total'), 'call'),
      '{{call}}',
    ]),
    timeseries('Sessions written and read', { unit: 'ops' }, [
      sum(rate('wm_session_store_rows_total'), 'call'),
      '{{call}}',
    ]),
    timeseries(
      'Time of a call',
      { unit: 's', description: 'A step is answered when its commit is.' },
      [mean('wm_session_store_duration_seconds', SERVER, 'call'), '{{call}} mean'],
      [quantile(0.99, 'wm_session_store_duration_seconds', `${SERVER}, call="commit"`), 'commit p99'],
    ),
    timeseries(
      'Steps in a commit',
      {
        description: 'Those of one turn of the event loop go together: more is cheaper for server and store.',
      },
      [
        `${sum(rate('wm_session_store_rows_total', `${SERVER}, call="commit"`))} / ` +
          sum(rate('wm_session_store_duration_seconds_count', `${SERVER}, call="commit"`)),
        'mean',
      ],
    ),
  ],
}

const executors: Row = {
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

const processes: Row = {
  title: 'Process and event loop',
  height: 8,
  panels: [
    timeseries(
      'Event loop delay since the last scrape',
      { unit: 's', thresholds: { yellow: 0.01, red: 0.05 } },
      [`max by (percentile) (wm_event_loop_delay_seconds{${SERVER}})`, '{{percentile}}'],
    ),
    timeseries('CPU of the main process', { unit: 'percentunit' }, [
      sum(rate('process_cpu_seconds_total'), 'instance'),
      '{{instance}}',
    ]),
    timeseries(
      'Memory of the main process',
      { unit: 'bytes' },
      [sum(`process_resident_memory_bytes{${SERVER}}`, 'instance'), '{{instance}} resident'],
      [sum(`nodejs_heap_size_used_bytes{${SERVER}}`, 'instance'), '{{instance}} heap'],
      [sum(`nodejs_external_memory_bytes{${SERVER}}`, 'instance'), '{{instance}} external'],
    ),
    timeseries('Garbage collection', { unit: 'percentunit', stacked: true }, [
      sum(rate('nodejs_gc_duration_seconds_sum'), 'kind'),
      '{{kind}}',
    ]),
    timeseries('Open files and sockets', {}, [
      sum(`process_open_fds{${SERVER}}`, 'instance'),
      '{{instance}}',
    ]),
    table('What is running', {}, [`wm_build_info{${SERVER}}`]),
  ],
}

export const dashboardText = (): string => {
  const dashboard = dashboardJson({
    uid: 'dima-server',
    title: 'DIMA world model server',
    description: 'Traffic, latency, batching, sessions, executors. Written by scripts/generate/dashboard.ts.',
    tags: ['dima'],
    variables: [
      { name: 'datasource', label: 'Data source' },
      { name: 'instance', label: 'Server', query: 'label_values(wm_build_info, instance)' },
      { name: 'model', label: 'Model', query: 'label_values(wm_model_ready, model)' },
    ],
    rows: [overview, traffic, latency, planning, batching, sessions, replicas, store, executors, processes],
  })
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await writeFile(FILE, dashboardText())
