// Just enough of Grafana's dashboard model: panels from a query and a few words, laid out in rows of 24 columns.

export interface Query {
  expr: string
  /** {{label}} stands for a label's value */
  legend: string
}

export interface Panel {
  title: string
  kind: 'timeseries' | 'stat' | 'heatmap' | 'table'
  /** of 24 columns */
  width: number
  unit: string
  description: string
  queries: Query[]
  stacked: boolean
  /** where the colour changes: [green below, yellow from, red from] */
  thresholds?: { yellow: number; red: number } | undefined
  max?: number | undefined
}

export interface Row {
  title: string
  height: number
  panels: Panel[]
}

export interface Variable {
  name: string
  label: string
  /** of Prometheus; absent: a choice of data sources */
  query?: string
}

type Options = Partial<Omit<Panel, 'title' | 'kind' | 'queries'>>

const panelOf =
  (kind: Panel['kind']) =>
  (title: string, options: Options, ...queries: [expr: string, legend?: string][]): Panel => ({
    title,
    kind,
    width: 8,
    unit: 'short',
    description: '',
    stacked: false,
    ...options,
    queries: queries.map(([expr, legend = '']) => ({ expr, legend })),
  })

export const timeseries = panelOf('timeseries')
export const stat = panelOf('stat')
export const heatmap = panelOf('heatmap')
export const table = panelOf('table')

const WIDTH = 24
const DATASOURCE = { type: 'prometheus', uid: '$datasource' }
const EVERYTHING = '.*'

export interface Dashboard {
  uid: string
  title: string
  description: string
  tags: string[]
  variables: Variable[]
  rows: Row[]
}

/** As Grafana imports it. */
export const dashboardJson = ({ uid, title, description, tags, variables, rows }: Dashboard) => ({
  uid,
  title,
  description,
  tags,
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1, // one crosshair through all panels
  refresh: '10s',
  time: { from: 'now-1h', to: 'now' },
  timezone: 'browser',
  templating: { list: variables.map(variableJson) },
  annotations: { list: [] },
  panels: layOut(rows),
})

function variableJson({ name, label, query }: Variable) {
  if (query === undefined) return { name, label, type: 'datasource', query: 'prometheus', current: {} }
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: name },
    definition: query,
    refresh: 2, // when the time range changes
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: EVERYTHING, // also what has no such label
    current: { text: ['All'], value: ['$__all'] },
  }
}

/** Rows one below the other; panels from left to right, wrapping where a row is full. */
function layOut(rows: Row[]): object[] {
  const panels: object[] = []
  let y = 0
  for (const { title, height, panels: inside } of rows) {
    const add = (panel: object) => panels.push({ id: panels.length + 1, ...panel })
    add({ type: 'row', title, collapsed: false, gridPos: { x: 0, y: y++, w: WIDTH, h: 1 }, panels: [] })
    let x = 0
    for (const panel of inside) {
      if (x + panel.width > WIDTH) [x, y] = [0, y + height]
      add(panelJson(panel, { x, y, w: panel.width, h: height }))
      x += panel.width
    }
    y += height
  }
  return panels
}

const panelJson = (panel: Panel, gridPos: object) => ({
  type: panel.kind,
  title: panel.title,
  ...(panel.description ? { description: panel.description } : {}),
  datasource: DATASOURCE,
  gridPos,
  targets: panel.queries.map((query, i) => targetJson(panel, query, i)),
  fieldConfig: { defaults: defaultsJson(panel), overrides: [] },
  options: OPTIONS[panel.kind],
  ...(panel.kind === 'table' ? { transformations: TABLE } : {}),
})

const targetJson = ({ kind }: Panel, { expr, legend }: Query, i: number) => ({
  refId: String.fromCharCode(65 + i),
  datasource: DATASOURCE,
  expr,
  legendFormat: kind === 'heatmap' ? '{{le}}' : legend || '__auto',
  ...(kind === 'heatmap' ? { format: 'heatmap' } : {}),
  ...(kind === 'table' ? { format: 'table', instant: true } : { range: true }),
})

function defaultsJson({ kind, unit, stacked, thresholds, max }: Panel) {
  const steps = thresholds && [
    { color: 'green', value: null },
    { color: 'yellow', value: thresholds.yellow },
    { color: 'red', value: thresholds.red },
  ]
  return {
    unit,
    min: 0,
    ...(max === undefined ? {} : { max }),
    ...(steps ? { thresholds: { mode: 'absolute', steps }, color: { mode: 'thresholds' } } : {}),
    ...(kind === 'timeseries'
      ? { color: { mode: 'palette-classic' }, custom: linesJson(stacked, !!steps) }
      : {}),
  }
}

const linesJson = (stacked: boolean, limits: boolean) => ({
  drawStyle: 'line',
  lineWidth: 1,
  fillOpacity: stacked ? 40 : 8,
  showPoints: 'never',
  spanNulls: true,
  stacking: { mode: stacked ? 'normal' : 'none' },
  thresholdsStyle: { mode: limits ? 'dashed' : 'off' },
})

const OPTIONS: Record<Panel['kind'], object> = {
  timeseries: {
    legend: { displayMode: 'table', placement: 'bottom', calcs: ['mean', 'max', 'lastNotNull'] },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: {
    colorMode: 'background',
    graphMode: 'area',
    textMode: 'value',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  },
  heatmap: {
    calculate: false,
    color: { mode: 'scheme', scheme: 'Spectral', steps: 64 },
    yAxis: { axisPlacement: 'left' },
    rowsFrame: { layout: 'le' },
    cellGap: 1,
    tooltip: { show: true, yHistogram: true },
  },
  table: { showHeader: true },
}

const TABLE = [{ id: 'organize', options: { excludeByName: { Time: true, __name__: true, job: true } } }]
