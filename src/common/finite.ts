// Finds numbers that are not finite, in arrays and in whatever holds them.

/** The index of the first one, or -1. */
export function firstNonFinite(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i
  return -1
}

/** A number that is not finite, with the dotted place that it stands in, for example `scores.plans.0.rewardL1`. */
export interface Lost {
  place: string
  value: number
}

/** The first one in numbers, typed arrays, lists and objects of them. */
export function lostNumber(value: unknown, place = ''): Lost | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { place, value }
  if (typeof value !== 'object' || value === null) return undefined
  const within = (key: string | number) => (place ? `${place}.${key}` : String(key))
  if (ArrayBuffer.isView(value)) {
    const values = value as unknown as ArrayLike<number>
    const at = firstNonFinite(values)
    return at < 0 ? undefined : { place: within(at), value: values[at]! }
  }
  for (const [key, item] of Object.entries(value)) {
    const lost = lostNumber(item, within(key))
    if (lost) return lost
  }
  return undefined
}
