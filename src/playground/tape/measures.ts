// How far states are apart, in standard deviations of the training data: as the errors on a model's card.
import type { GhostTape } from './ghost-tape.ts'

/** Mean absolute difference of two states [S], each entry in its deviation. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>, deviations: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!) / deviations[i]!
  return sum / a.length
}

/** Deviation over the futures that go on, in those of the training data, mean over the entries of the state. NaN below two. */
export function disagreement(ghosts: GhostTape, entry: number, deviations: ArrayLike<number>): number {
  const living = Array.from({ length: ghosts.count }, (_, ghost) => ghost).filter((ghost) =>
    ghosts.lives(ghost, entry),
  )
  if (living.length < 2) return Number.NaN
  const rows = living.map((ghost) => ghosts.state(entry, ghost))
  let sum = 0
  for (let i = 0; i < deviations.length; i++) sum += deviation(rows, i) / deviations[i]!
  return sum / deviations.length
}

function deviation(rows: readonly Float64Array[], i: number): number {
  let [total, squares] = [0, 0]
  for (const row of rows) {
    total += row[i]!
    squares += row[i]! ** 2
  }
  const mean = total / rows.length
  return Math.sqrt(Math.max(0, squares / rows.length - mean ** 2))
}

/** Deviations of states [.., S], for models that don't tell those of their data. */
export function deviationsOf(states: readonly (readonly number[])[], length: number): number[] {
  const rows = states.map((state) => Float64Array.from(state))
  return Array.from({ length }, (_, i) => (rows.length > 1 && deviation(rows, i)) || 1)
}
