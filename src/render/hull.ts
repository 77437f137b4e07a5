// The outline of solids with flat sides, as seen in a picture.

export interface Spot {
  readonly x: number
  readonly y: number
}

/** The convex hull of spots, in order around it: Andrew's two chains. */
export function hullOf(spots: readonly Spot[]): Spot[] {
  const sorted = [...spots].sort((a, b) => a.x - b.x || a.y - b.y)
  return [...chain(sorted), ...chain(sorted.toReversed())]
}

function chain(sorted: readonly Spot[]): Spot[] {
  const hull: Spot[] = []
  for (const spot of sorted) {
    while (hull.length > 1 && turn(hull.at(-2)!, hull.at(-1)!, spot) <= 0) hull.pop()
    hull.push(spot)
  }
  return hull.slice(0, -1) // it begins the other chain
}

/** Positive to the left. */
const turn = (a: Spot, b: Spot, c: Spot): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
