import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { busyApp } from './busy-app.ts'
import { exported, missing, usesOf } from './promql.ts'
import { deploy, readRules } from './rules.ts'

const rules = readRules()
const recordings = rules.filter(({ kind }) => kind === 'record')
const alerts = rules.filter(({ kind }) => kind === 'alert')

test('every rule is read', () => {
  const text = readFileSync(deploy('prometheus/rules.yml'), 'utf8')
  expect(rules.length).toBe(text.match(/^\s+expr:/gm)!.length)
  expect([recordings.length, alerts.length].every((count) => count > 5)).toBe(true)
})

/** A recording rule has the labels that it groups by. */
const recorded = (series: Map<string, Set<string>>) =>
  new Map([
    ...series,
    ...recordings.map(
      ({ name, expr }) => [name, new Set(usesOf(expr).flatMap(({ labels }) => labels))] as const,
    ),
  ])

test('rules ask only for metrics and labels that a running app exports', async () => {
  const { app } = await busyApp()
  const series = recorded(exported((await app.inject({ url: '/metrics' })).body))
  for (const { name, expr } of rules) expect(missing(expr, series), name).toEqual([])
})

test('every alert says what is wrong and what to do', () => {
  for (const { name, annotations } of alerts) {
    expect(annotations.summary, name).toMatch(/\{\{ \$(labels|value)/)
    expect(annotations.action?.length, name).toBeGreaterThan(40)
  }
})

test.each(alerts.map(({ name }) => name))('%s has a case that makes it fire', (name) => {
  const cases = readFileSync(new URL('./alerts.yml', import.meta.url), 'utf8')
  expect(cases).toContain(`{alertname="${name}", `)
})
