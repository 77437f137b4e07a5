// Servers beside one another, what they share, and their processes.
import { type Row, table, timeseries } from './grafana.ts'
import { mean, quantile, rate, SERVER, sum } from './queries.ts'

/** What one server does that others do not. */
export const replicas: Row = {
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

export const store: Row = {
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

export const processes: Row = {
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
