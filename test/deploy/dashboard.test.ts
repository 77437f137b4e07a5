import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dashboardText } from '../../scripts/generate/dashboard/dashboard.ts'
import { busyApp } from './busy-app.ts'
import { exported, missing } from './promql.ts'
import { deploy } from './rules.ts'

interface Panel {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string; legendFormat: string }[]
}

const committed = readFileSync(deploy('grafana/dima.json'), 'utf8')
const dashboard = JSON.parse(committed)
const panels: Panel[] = dashboard.panels
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })))

test('deploy/grafana/dima.json is what npm run dashboard writes', () => {
  expect(committed).toBe(dashboardText())
})

/** Garbage collection shows only once there was some. */
async function seriesOfBusyApp(): Promise<Map<string, Set<string>>> {
  const { app } = await busyApp()
  const read = async () => exported((await app.inject({ url: '/metrics' })).body)
  await expect
    .poll(async () => {
      Array.from({ length: 200_000 }, (_, i) => ({ i }))
      return (await read()).has('nodejs_gc_duration_seconds_sum')
    })
    .toBe(true)
  return read()
}

test('panels ask only for metrics and labels that a running app exports', async () => {
  const series = await seriesOfBusyApp()
  expect(queries.length).toBeGreaterThan(40)
  for (const { title, expr } of queries) expect(missing(expr, series), title).toEqual([])
  for (const { query } of dashboard.templating.list.slice(1)) {
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query.query)!
    expect(series.get(metric!), query.query).toContain(label)
  }
})

test('legends name labels that their query keeps', () => {
  for (const { title, expr, legendFormat } of queries)
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      const kept = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels]) => labels!.split(/, */))
      expect(kept, `${title}: ${legendFormat}`).toContain(label)
    }
})

test('every metric of the server is on the dashboard', async () => {
  const asked = queries.map(({ expr }) => expr).join('\n')
  const { app } = await busyApp()
  const { body } = await app.inject({ url: '/metrics' })
  const names = [...body.matchAll(/^# TYPE (wm_\w+) /gm)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(25)
  const shown = names.filter((name) => new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(asked))
  // Rollouts are counted by plan for who wants to know; their rate is that of their route.
  expect(names.filter((name) => !shown.includes(name))).toEqual(['wm_rollouts_total'])
})

test('panels lie in the grid, do not overlap and have ids of their own', () => {
  const taken = new Map<string, string>()
  for (const { title, gridPos } of panels) {
    const { x, y, w, h } = gridPos
    expect(x + w, title).toBeLessThanOrEqual(24)
    for (let column = x; column < x + w; column++)
      for (let line = y; line < y + h; line++) {
        expect(taken.get(`${column},${line}`), `${title} lies on it`).toBeUndefined()
        taken.set(`${column},${line}`, title)
      }
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
})

test('no line of the grid is half empty', () => {
  const widths = new Map<number, number>()
  for (const { gridPos } of panels) widths.set(gridPos.y, (widths.get(gridPos.y) ?? 0) + gridPos.w)
  expect([...widths.values()].filter((width) => width !== 24)).toEqual([])
})
