import { describe, expect, test } from 'vitest'
import { chartSvg, type Series } from '../../src/training/chart.ts'

const PANEL_HEIGHT = 380

/** Throws unless every element is closed, in order, and every attribute is quoted. */
function assertWellFormed(svg: string): void {
  const open: string[] = []
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g,
    (_, closing, name, __, empty) => {
      if (closing) expect(open.pop()).toBe(name)
      else if (!empty) open.push(name)
      return ''
    },
  )
  expect(open).toEqual([])
  expect(rest.replace(/&#\d+;/g, '')).not.toMatch(/[<>&]/)
}

const series = (ends: number[]): Series[] =>
  ends.map((end, i) => ({ name: `plan ${i}`, values: [0.1 + i, 0.5 + i, end], colour: `#00000${i}` }))

/** Heights of the labels at the lines' ends, and where the lines end. */
function labelsOf(svg: string) {
  const labels = [...svg.matchAll(/<text x="[\d.]+" y="(-?[\d.]+)" dy="4" fill="(#\w+)">([^<]*)</g)]
  const ends = [...svg.matchAll(/points="[^"]*,(-?[\d.]+)" fill="none"/g)].map(([, y]) => Number(y))
  return labels.map(([, y, , text], i) => ({ y: Number(y), text: text!, end: ends[i]! }))
}

const draw = (ends: number[]) => chartSvg('title', [{ title: 'panel', series: series(ends) }])

test('is well-formed, with names escaped', () => {
  const panel = {
    title: 'a < b & c',
    series: [{ name: '"x" > y', values: [1, 2], colour: '#fff', dashed: true }],
  }
  const svg = chartSvg('1 < 2 & 3', [panel, panel])
  assertWellFormed(svg)
  expect(svg).toContain('1 &#60; 2 &#38; 3')
  expect(svg).toContain('&#34;x&#34; &#62; y 2.00')
})

describe.each([
  { where: 'together at the top', ends: [10, 10.1, 10.2, 10.3, 10.4, 10.5] },
  { where: 'together at the bottom', ends: [0.1, 0.1, 0.1, 0.101, 0.102, 0.103, 0.104] },
  { where: 'all equal', ends: [2, 2, 2, 2] },
  { where: 'far apart', ends: [0.2, 2, 20] },
])('labels of lines that end $where', ({ ends }) => {
  const labels = labelsOf(draw(ends)).sort((a, b) => a.y - b.y)

  test('do not overlap', () => {
    expect(labels.length).toBe(ends.length)
    for (let i = 1; i < labels.length; i++)
      expect(labels[i]!.y - labels[i - 1]!.y).toBeGreaterThanOrEqual(14.8)
  })

  test('stay inside the panel', () => {
    for (const { y } of labels) {
      expect(y).toBeGreaterThan(10)
      expect(y).toBeLessThan(PANEL_HEIGHT - 4)
    }
  })

  test('keep the order of the lines', () => {
    for (let i = 1; i < labels.length; i++) expect(labels[i]!.end).toBeGreaterThanOrEqual(labels[i - 1]!.end)
  })
})

test('lines that end far apart have their labels at their ends', () => {
  for (const { y, end } of labelsOf(draw([0.2, 2, 20]))) expect(y).toBe(end)
})

test('greater errors stand higher, on a logarithmic scale', () => {
  const [low, middle, high] = labelsOf(draw([0.2, 2, 20])).map(({ end }) => end)
  expect(low! - middle!).toBeCloseTo(middle! - high!, 0)
  expect(high!).toBeLessThan(low!)
})

test.each([
  ['a zero', [[0, 0, 1]]],
  ['values that never change', [[2, 2, 2]]],
  ['a single step', [[3], [4]]],
])('draws %s without NaN', (_, values) => {
  const svg = chartSvg('t', [
    { title: 'p', series: values.map((v) => ({ name: 'n', values: v, colour: '#000' })) },
  ])
  expect(svg).not.toMatch(/NaN|Infinity/)
  assertWellFormed(svg)
})

test('panels stand side by side in one picture', () => {
  const panel = { title: 'p', series: series([1, 2]) }
  const [one, two] = [1, 2].map((count) => chartSvg('t', Array(count).fill(panel)))
  const widthOf = (svg: string) => Number(svg.match(/viewBox="0 0 (\d+) /)![1])
  expect(widthOf(two!)).toBe(2 * widthOf(one!))
  expect([...two!.matchAll(/translate\((\d+),/g)].map(([, x]) => Number(x))).toEqual([0, widthOf(one!)])
})
