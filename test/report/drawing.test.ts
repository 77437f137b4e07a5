import { describe, expect, test } from 'vitest'
import { logTicks, roundEnd, tickText } from '../../src/report/drawing/axis.ts'
import { drawBars } from '../../src/report/drawing/bars.ts'
import { figureSvg } from '../../src/report/drawing/figure.ts'
import { lookOf } from '../../src/report/drawing/palette.ts'
import type { Line, Panel } from '../../src/report/drawing/panel.ts'
import { assertWellFormed } from './well-formed.ts'

const line = (values: readonly number[], more: Partial<Line> = {}): Line => ({
  name: 'line',
  colour: '#123456',
  points: values.map((y, i) => [i + 1, y]),
  ...more,
})
const panel = (lines: Line[], log = true): Panel => ({
  title: 'panel',
  x: { name: 'steps' },
  y: { name: 'error', log },
  lines,
})
const draw = (lines: Line[], log = true) => figureSvg('title', [panel(lines, log)])

/** Heights of the texts at the lines' ends, top to bottom, and of the lines' ends. */
function labelsOf(svg: string) {
  const texts = [...svg.matchAll(/<text[^>]* transform="translate\(([\d.]+) ([\d.]+)\)"[^>]*>(name \d)</g)]
  return texts.map(([, , y, text]) => ({ y: Number(y), text: text! })).sort((a, b) => a.y - b.y)
}

/** The points of the lines of a colour, in pixels of their panel. */
const pathsOf = (svg: string, colour = '#123456') =>
  [...svg.matchAll(new RegExp(`<path d="([^"]*)" fill="none" stroke="${colour}"`, 'g'))].map(([, d]) =>
    [...d!.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const),
  )

test('is well-formed, with names escaped', () => {
  const hostile = '<script>&"\'{a|b}'
  const one = {
    ...panel([line([1, 2], { label: hostile, name: hostile })]),
    title: hostile,
    x: { name: hostile },
  }
  const svg = figureSvg(hostile, [one, one], { legend: [{ name: hostile, ...lookOf(0) }] })
  assertWellFormed(svg)
  expect(svg).not.toContain('<script')
  expect(svg).toContain('&#60;script&#62;&#38;&#34;&#39;{a|b}')
})

describe.each([
  ['together at the top', [10, 10.1, 10.2, 10.3, 10.4, 10.5]],
  ['together at the bottom', [0.1, 0.1, 0.1, 0.101, 0.102, 0.103, 0.104]],
  ['all equal', [2, 2, 2, 2]],
  ['far apart', [0.2, 2, 20]],
])('names of lines that end %s', (_, ends) => {
  const svg = draw(ends.map((end, i) => line([0.1 + i, 0.5 + i, end], { label: `name ${i}` })))
  const labels = labelsOf(svg)

  test('are all there and do not overlap', () => {
    expect(labels.length).toBe(ends.length)
    for (let i = 1; i < labels.length; i++)
      expect(labels[i]!.y - labels[i - 1]!.y).toBeGreaterThanOrEqual(14.9)
  })

  test('stay inside the panel', () => {
    for (const { y } of labels) {
      expect(y).toBeGreaterThan(6)
      expect(y).toBeLessThan(300)
    }
  })

  test('keep the order of the lines', () => {
    const order = labels.map(({ text }) => ends[Number(text.slice(5))]!)
    expect(order).toEqual(order.toSorted((a, b) => b - a))
  })
})

test('greater values stand higher, at distances of their logarithms', () => {
  const [points] = pathsOf(draw([line([0.2, 2, 20])]))
  const [low, middle, high] = points!.map(([, y]) => y)
  expect(low! - middle!).toBeCloseTo(middle! - high!, 0)
  expect(high!).toBeLessThan(low!)
})

test('linear axes keep proportions, on both sides of zero', () => {
  const [points] = pathsOf(draw([line([-100, 100, 500])], false))
  const [a, b, c] = points!.map(([, y]) => y)
  expect((b! - c!) / (a! - b!)).toBeCloseTo(2, 1)
  expect(points![1]![0] - points![0]![0]).toBeCloseTo(points![2]![0] - points![1]![0], 0)
})

test('the band is filled around the line and the axes have room for it', () => {
  const band = [[1, -50, 150], [2, 0, 400]] as const // biome-ignore format: points
  const svg = draw([line([50, 200], { band })], false)
  const [, outline] = svg.match(/<polygon points="([^"]*)" fill="#123456" fill-opacity="0.18"/)!
  const heights = outline!
    .split(' ')
    .filter((_, i) => i % 2 === 1)
    .map(Number)
  expect(heights).toHaveLength(4)
  for (const y of heights) {
    expect(y).toBeGreaterThanOrEqual(8)
    expect(y).toBeLessThanOrEqual(258)
  }
  const [points] = pathsOf(svg)
  expect(points![0]![1]).toBeLessThan(Math.max(...heights))
  expect(points![0]![1]).toBeGreaterThan(Math.min(...heights))
})

test.each([
  ['a zero', [[0, 0, 1]]],
  ['nothing but zeros', [[0, 0]]],
  ['values that never change', [[2, 2, 2]]],
  ['a single step', [[3], [4]]],
  ['no points', [[]]],
])('draws %s without NaN', (_, values) => {
  for (const log of [true, false]) {
    const svg = draw(
      values.map((one) => line(one, { label: 'n' })),
      log,
    )
    expect(svg).not.toMatch(/NaN|Infinity/)
    assertWellFormed(svg)
  }
})

test('a value that changes in its last digit only has no ticks of that size', () => {
  const texts = [
    ...draw([line([0.3, 0.30000000000000004])], false).matchAll(/text-anchor="end"[^>]*>([^<]*)</g),
  ]
  const ticks = texts.map(([, text]) => text)
  expect(ticks.length).toBeGreaterThan(2)
  expect(new Set(ticks).size).toBe(ticks.length)
})

test('panels stand side by side, then below, with ids of their own', () => {
  const one = panel([line([1, 2])])
  const svg = figureSvg('t', [one, one, one])
  const places = [...svg.matchAll(/<svg x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => [Number(x), Number(y)])
  expect(places[0]![1]).toBe(places[1]![1])
  expect(places[0]![0]).toBe(places[2]![0])
  expect(places[2]![1]).toBeGreaterThan(places[0]![1]!)
  const ids = [...svg.matchAll(/id="([^"]*)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, id] of svg.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(id)
})

test('a name that looks like an id stays as it is', () => {
  expect(draw([line([1, 2], { label: 'name zr0-c0' })])).toContain('>name zr0-c0<')
})

test('is plain, and the same figure has the same bytes', () => {
  const svg = draw([line([1, 2, 3])])
  expect(svg).not.toMatch(/<style|<script|class="zr|ecmeta|href/)
  expect(draw([line([1, 2, 3])])).toBe(svg)
})

test('bars are as long as their shares, with the numbers that fit', () => {
  const parts = [
    { name: 'a', colour: '#111111', shares: [75, 20] },
    { name: 'b', colour: '#222222', shares: [23, 80] },
    { name: 'c', colour: '#333333', shares: [2, 0] },
  ]
  const { svg } = drawBars({ title: 'bars', rows: ['<first>', 'second'], parts }, 'id')
  assertWellFormed(svg)
  const widths = (colour: string) =>
    [...svg.matchAll(new RegExp(`<path d="M[\\d.]+ [\\d.]+l([\\d.]+) [^"]*" fill="${colour}"`, 'g'))].map(
      ([, w]) => Number(w),
    )
  expect(widths('#111111')[0]! / widths('#111111')[1]!).toBeCloseTo(75 / 20, 1)
  expect(widths('#222222')[1]! / widths('#111111')[1]!).toBeCloseTo(4, 1)
  const numbers = [...svg.matchAll(/fill="#111111"[^>]*>(\d+)</g)].map(([, text]) => text)
  expect(numbers.sort()).toEqual(['20', '23', '75', '80'])
  expect(svg).toContain('&lt;first&gt;')
})

test.each([
  [0, '0'],
  [0.25, '0.25'],
  [-300, '-300'],
  [1500, '1.5k'],
  [250_000, '250k'],
  [1_000_000, '1M'],
  [0.00001, '1e-5'],
  [0.1 + 0.2, '0.3'],
])('a tick at %d is written %s', (value, text) => expect(tickText(value)).toBe(text))

test.each([
  [0.05, 20, [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]],
  [0.0008, 30, [0.001, 0.01, 0.1, 1, 10]],
  [1e-7, 1e4, [1e-6, 1e-4, 0.01, 1, 100, 1e4]],
])('logarithmic ticks from %d to %d', (min, max, ticks) => expect(logTicks(min, max)).toEqual(ticks))

test.each([
  [20_000, 20_000],
  [12_000, 15_000],
  [30_500, 40_000],
  [1_000_000, 1_000_000],
  [7, 8],
  [0, 1],
])('an axis up to %d ends at %d', (end, round) => expect(roundEnd(end)).toBe(round))

test('the first six lines differ in colour, later ones in colour or dash', () => {
  const looks = Array.from({ length: 18 }, (_, i) => lookOf(i))
  expect(new Set(looks.slice(0, 6).map(({ colour }) => colour)).size).toBe(6)
  expect(new Set(looks.map(({ colour, dash }) => colour + dash)).size).toBe(18)
})
