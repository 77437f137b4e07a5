// Numbers as people read them.

/** 11100 -> `3.1 h`, 65 -> `1.1 min`, 4.2 -> `4.2 s`. */
export function durationText(seconds: number): string {
  if (seconds >= 3600) return `${(seconds / 3600).toFixed(1)} h`
  if (seconds >= 60) return `${(seconds / 60).toFixed(1)} min`
  return `${seconds.toFixed(1)} s`
}

/** `1497 ± 25`; small numbers keep a decimal. */
export function returnText(mean: number, deviation?: number): string {
  const digits = Math.abs(mean) < 100 ? 1 : 0
  return `${mean.toFixed(digits)}${deviation === undefined ? '' : ` ± ${deviation.toFixed(digits)}`}`
}

export const countText = (value: number): string => value.toLocaleString('en')
