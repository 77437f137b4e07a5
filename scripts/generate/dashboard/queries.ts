// PromQL of the dashboard's panels.
export const WINDOW = '[$__rate_interval]'

/** Matchers: every metric of the chosen servers; those with a model label also of the chosen models. */
export const SERVER = 'instance=~"$instance"'
export const MODEL = `${SERVER}, model=~"$model"`

export const rate = (metric: string, matchers = SERVER): string => `rate(${metric}{${matchers}}${WINDOW})`
export const sum = (expr: string, ...labels: string[]): string =>
  labels.length > 0 ? `sum by (${labels.join(', ')}) (${expr})` : `sum(${expr})`
export const quantile = (q: number, histogram: string, matchers: string, ...labels: string[]): string =>
  `histogram_quantile(${q}, ${sum(rate(`${histogram}_bucket`, matchers), 'le', ...labels)})`
export const mean = (histogram: string, matchers: string, ...labels: string[]): string =>
  `${sum(rate(`${histogram}_sum`, matchers), ...labels)} / ${sum(rate(`${histogram}_count`, matchers), ...labels)}`
export const quantiles = (histogram: string, matchers: string, label: string): [string, string][] =>
  [0.5, 0.95, 0.99].map((q) => [quantile(q, histogram, matchers, label), `{{${label}}} p${q * 100}`])
export const ofRoute = (q: number): [string, string] => [
  quantile(q, 'wm_request_duration_seconds', SERVER, 'route'),
  '{{route}}',
]
