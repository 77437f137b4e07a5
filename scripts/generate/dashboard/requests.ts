// What clients ask for and how soon it is answered.
import { heatmap, type Row, stat, timeseries } from './grafana.ts'
import { MODEL, mean, ofRoute, quantile, quantiles, rate, SERVER, sum, WINDOW } from './queries.ts'

export const overview: Row = {
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

export const traffic: Row = {
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

export const latency: Row = {
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

export const planning: Row = {
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
