// What somebody gave, short enough for an error: the size of lists, the beginning of texts, numbers as they are.

export function describe(value: unknown): unknown {
  if (Array.isArray(value)) return shapeOf(value)
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 80)}…` : value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === undefined) return 'nothing'
  return value === null || typeof value === 'boolean' ? value : typeof value
}

/** Along the first entries, at most 8 deep. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = []
  for (let inner = value; Array.isArray(inner) && shape.length < 8; inner = inner[0]) shape.push(inner.length)
  return shape
}
