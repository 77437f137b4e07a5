// Where numbers stand in a chart.

export interface Scale {
  /** of a value, in units of the drawing */
  place(value: number): number
  /** round values inside, ascending */
  ticks: number[]
}

/** @param from @param to ends of the drawing that the least and the greatest value go to, with a little room */
export function scaleOf(values: readonly number[], from: number, to: number): Scale {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const room = (greatest - least || Math.abs(greatest) || 1) * 0.08
  const [low, high] = [least - room, greatest + room]
  const step = roundStep((high - low) / 4)
  const first = Math.ceil(low / step)
  const count = Math.floor(high / step) - first + 1
  return {
    place: (value) => from + ((value - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: count }, (_, i) => rounded((first + i) * step)),
  }
}

/** 1, 2 or 5 times a power of ten, at least as large. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast))
  return power * ([1, 2, 5].find((factor) => factor * power >= atLeast) ?? 10)
}

const rounded = (value: number): number => Number(value.toPrecision(12))
