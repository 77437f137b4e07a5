// Axes: names with units, round ticks, and logarithmic ones that begin where the data does.
import { FAINT, INK } from './svg.ts'

export interface Axis {
  /** with its unit */
  name: string
  log?: boolean
  /** an end of the axis, where the data shall not choose it */
  from?: number
  to?: number
}

export type Range = readonly [low: number, high: number]

/** ECharts' options of the axis at the bottom or at the left, of data within `range`. */
export function axisOption(axis: Axis, range: Range, at: 'x' | 'y') {
  return {
    name: axis.name,
    nameLocation: 'middle' as const,
    nameGap: at === 'x' ? 30 : 52,
    nameTextStyle: { color: INK },
    axisLine: { show: at === 'x', onZero: false, lineStyle: { color: FAINT } },
    axisTick: { show: false },
    axisLabel: { color: INK, formatter: tickText },
    splitLine: { show: at === 'y', lineStyle: { color: FAINT } },
    splitNumber: 5,
    ...(axis.log ? logScale(axis, range) : linearScale(axis, range, at)),
  }
}

function linearScale({ from, to }: Axis, [low, high]: Range, at: 'x' | 'y') {
  const size = Math.max(Math.abs(low), Math.abs(high))
  const flat = high - low < 1e-6 * size ? 0.1 * size : 0 // no ticks for differences in the last digits
  const [min, max] = [from ?? (flat && low - flat), to ?? (flat && high + flat)]
  return {
    type: 'value' as const,
    scale: at === 'y', // returns and rewards need not show zero
    ...(from === undefined && !flat ? {} : { min }),
    ...(to === undefined && !flat ? {} : { max }),
  }
}

function logScale({ from, to }: Axis, [low, high]: Range) {
  const margin = (Math.max(high, 1.1 * low) / low) ** 0.04
  const [min, max] = [from ?? low / margin, to ?? Math.max(high, 1.1 * low) * margin]
  const customValues = logTicks(min, max)
  return {
    type: 'log' as const,
    min,
    max,
    axisTick: { show: false, customValues },
    axisLabel: { color: INK, formatter: tickText, customValues },
    splitLine: { show: true, lineStyle: { color: FAINT }, customValues },
  }
}

/** A round number not below `end`, which five ticks or fewer lead to. */
export function roundEnd(end: number): number {
  if (end <= 0) return 1
  const unit = 10 ** Math.floor(Math.log10(end / 5))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((one) => end / one <= 5)!
  return Math.ceil(end / step) * step
}

/** 1, 2, 5, 10... within three decades, powers of ten within eight, of a hundred beyond. */
export function logTicks(min: number, max: number): number[] {
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))]
  const decades = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  const wide = Math.log10(max / min)
  const factors = wide <= 3 ? [1, 2, 5] : [1]
  return decades
    .filter((decade) => wide <= 8 || decade % 2 === 0)
    .flatMap((decade) => factors.map((factor) => Number(`${factor}e${decade}`)))
    .filter((tick) => tick >= min && tick <= max)
}

/** 250000 -> `250k`, 0.25 -> `0.25`, 0.000001 -> `1e-6`. */
export function tickText(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${short(value / 1e6)}M`
  if (size >= 1e3) return `${short(value / 1e3)}k`
  return size > 0 && size < 1e-3 ? value.toExponential().replace(/\.\d+/, '') : short(value)
}

const short = (value: number) => String(Number(value.toPrecision(4)))
