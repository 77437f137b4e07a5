// A panel: lines in one pair of axes, bands around them, and names at their ends.
import type { CustomSeriesOption, LineSeriesOption } from 'echarts'
import { type Axis, axisOption, type Range } from './axis.ts'
import type { Dash, PointSymbol } from './palette.ts'
import { drawSvg, FONT_SIZE, INK } from './svg.ts'

export type Point = readonly [x: number, y: number]
export type BandPoint = readonly [x: number, low: number, high: number]

export interface Line {
  name: string
  points: readonly Point[]
  colour: string
  dash?: Dash
  /** a symbol at every point */
  symbol?: PointSymbol
  /** one seed among several */
  thin?: boolean
  /** what stands at its end */
  label?: string
  band?: readonly BandPoint[]
}

export interface Panel {
  title: string
  x: Axis
  y: Axis
  lines: readonly Line[]
}

const INNER = { width: 400, height: 250, left: 76, top: 8, bottom: 48 }
const MARGIN = { plain: 24, labelled: 214 }

const marginOf = (lines: readonly Line[]) =>
  lines.some((line) => line.label) ? MARGIN.labelled : MARGIN.plain

export const sizeOf = ({ lines }: Panel) => ({
  width: INNER.left + INNER.width + marginOf(lines),
  height: INNER.top + INNER.height + INNER.bottom,
})

export function drawPanel({ x, y, lines }: Panel, id: string): string {
  const shown = lines.map((line) => ({ ...line, points: line.points.filter(drawable(x, y)) }))
  const [xs, ys] = [rangeOf(shown, 0), rangeOf(shown, 1)]
  const option = {
    grid: {
      left: INNER.left,
      top: INNER.top,
      width: INNER.width,
      height: INNER.height,
      outerBoundsMode: 'none' as const, // names of axes stand where we put them
    },
    xAxis: axisOption(x, xs, 'x'),
    yAxis: axisOption(y, ys, 'y'),
    series: [...shown.flatMap(bandSeries), ...shown.map(lineSeries)],
  }
  return drawSvg(option, sizeOf({ title: '', x, y, lines }), id)
}

/** A logarithmic axis has no place for zero and what is below. */
const drawable = (x: Axis, y: Axis) => (point: Point) =>
  point.every(Number.isFinite) && (!x.log || point[0] > 0) && (!y.log || point[1] > 0)

function rangeOf(lines: readonly Line[], axis: 0 | 1): Range {
  const values = lines.flatMap(({ points }) => points.map((point) => point[axis]))
  return values.length ? [Math.min(...values), Math.max(...values)] : [1, 10]
}

function lineSeries({ name, points, colour, dash = 'solid', symbol, thin, label }: Line): LineSeriesOption {
  return {
    type: 'line',
    name,
    data: points.map(([x, y]) => [x, y]),
    silent: true,
    symbol: symbol ?? 'none',
    showAllSymbol: true,
    symbolSize: thin ? 3 : 6,
    itemStyle: { color: colour },
    lineStyle: { color: colour, type: dash, width: thin ? 1 : 2, opacity: thin ? 0.7 : 1 },
    ...(label && endLabel(label, colour)),
  }
}

/** Names stand beside the panel, in ink with a patch of the line's colour, and make room for each other. */
const endLabel = (label: string, colour: string): LineSeriesOption => ({
  endLabel: {
    show: true,
    lineHeight: 15,
    formatter: () => `{patch|} {text|${label.replace(/[{}|]/g, ' ')}}`, // the signs of rich text,
    rich: {
      patch: { width: 14, height: 3, backgroundColor: colour },
      text: { color: INK, fontSize: FONT_SIZE },
    },
  },
  labelLayout: { x: INNER.left + INNER.width + 8, moveOverlap: 'shiftY' },
})

function bandSeries({ name, band, colour }: Line): CustomSeriesOption[] {
  if (!band?.length) return []
  const outline = [...band.map(([x, , high]) => [x, high]), ...band.toReversed().map(([x, low]) => [x, low])]
  return [
    {
      type: 'custom',
      name: `${name}, spread`,
      silent: true,
      clip: true,
      data: outline, // so that the axes have room for it
      renderItem: ({ dataIndex }, api) =>
        dataIndex > 0
          ? null
          : {
              type: 'polygon',
              shape: { points: outline.map((point) => api.coord(point)) },
              style: { fill: colour, opacity: 0.18 },
            },
    },
  ]
}
