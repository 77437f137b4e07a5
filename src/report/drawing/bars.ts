// Stacked bars that lie down: one a row, in shares of 100 %, with the shares inside where they fit.
import type { Picture } from './figure.ts'
import { drawSvg, FAINT, INK } from './svg.ts'

export interface Part {
  name: string
  colour: string
  /** of every row, in percent */
  shares: readonly number[]
}

export interface Bars {
  title: string
  /** names of the rows, top to bottom */
  rows: readonly string[]
  parts: readonly Part[]
}

const ROW = 30
const INNER = { left: 330, width: 620, top: 4, bottom: 46 }
const FITS = 5 // percent

export function drawBars({ title, rows, parts }: Bars, id: string): Picture {
  const size = { width: INNER.left + INNER.width + 24, height: INNER.top + rows.length * ROW + INNER.bottom }
  const option = {
    grid: {
      left: INNER.left,
      top: INNER.top,
      width: INNER.width,
      height: rows.length * ROW,
      outerBoundsMode: 'none' as const,
    },
    xAxis: {
      type: 'value' as const,
      min: 0,
      max: 100,
      name: 'share of the time, %',
      nameLocation: 'middle' as const,
      nameGap: 28,
      nameTextStyle: { color: INK },
      axisLabel: { color: INK },
      splitLine: { lineStyle: { color: FAINT } },
    },
    yAxis: {
      type: 'category' as const,
      inverse: true,
      data: [...rows],
      axisLabel: { color: INK, width: INNER.left - 24, overflow: 'truncate' as const },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    series: parts.map(({ name, colour, shares }) => ({
      type: 'bar' as const,
      name,
      stack: 'time',
      silent: true,
      barWidth: '70%',
      itemStyle: { color: colour },
      data: shares.map((value) => ({ value, label: { show: value >= FITS } })),
      label: {
        color: '#111111',
        formatter: ({ value }: { value: unknown }) => `${Math.round(Number(value))}`,
      },
    })),
  }
  return { ...size, title, svg: drawSvg(option, size, id) }
}
