import { expect, test } from 'vitest'
import { exported, missing, usesOf } from './promql.ts'

test('reads metrics, matchers and groupings', () => {
  expect(usesOf('sum by (route) (rate(wm_requests_total{model=~"a.*", outcome!="ok"}[5m]))')).toEqual([
    { metric: 'wm_requests_total', labels: ['model', 'outcome', 'route'] },
  ])
  expect(usesOf('a:wm_x:rate5m > 0.02 and up{job="dima"} == 0')).toEqual([
    { metric: 'a:wm_x:rate5m', labels: [] },
    { metric: 'up', labels: ['job'] },
  ])
})

test('a grouping is about what is in its parentheses only', () => {
  expect(usesOf('sum by (kind) (wm_a) / scalar(sum(wm_b{state="ready"}))')).toEqual([
    { metric: 'wm_a', labels: ['kind'] },
    { metric: 'wm_b', labels: ['state'] },
  ])
})

test('names what is not exported', () => {
  const series = exported('# HELP wm_a x\nwm_a{kind="step"} 1\nwm_h_bucket{le="+Inf"} 3\nwm_h_sum 2\n')
  expect(missing('wm_a{kind="step", instance="x"}', series)).toEqual([])
  expect(missing('rate(wm_h_bucket[1m])', series)).toEqual([])
  expect(missing('wm_a{colour="red"} + wm_gone', series)).toEqual(['wm_a{colour}', 'wm_gone'])
  expect(missing('sum by (le) (wm_h_sum)', series)).toEqual(['wm_h_sum{le}'])
})
