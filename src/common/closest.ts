// "did you mean": the name among those there are that is nearest to the one that was given.

/** ` (did you mean x?)`, or nothing where no name is near. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const name = closest(given, names)
  return name === undefined ? '' : ` (did you mean ${name}?)`
}

/** The first of the nearest, not counting the size of letters. Undefined where more than a third would have to change. */
export function closest(given: string, names: Iterable<string>): string | undefined {
  const ranked = [...names]
    .map((name) => ({ name, changes: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, changes }) => changes <= Math.max(given.length, name.length) / 3)
    .sort((a, b) => a.changes - b.changes)
  return ranked[0]?.name
}

/** Nobody mistypes longer names, and the time grows with their square. */
const LONGEST = 100

/** Letters put in, left out, replaced or swapped with their neighbour (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  if (from === to) return 0
  if (Math.max(from.length, to.length) > LONGEST) return Number.POSITIVE_INFINITY
  let [before, last]: number[][] = [[], Array.from({ length: to.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      row[j] = Math.min(last![j]! + 1, row[j - 1]! + 1, last![j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (swapped) row[j] = Math.min(row[j]!, before![j - 2]! + 1)
    }
    ;[before, last] = [last, row]
  }
  return last![to.length]!
}
