// Which recorded episodes are held out: always the same ones of a file, spread over it.

/** What a world model needs of recorded episodes, in steps. */
export interface NeededSteps {
  /** of all training episodes together */
  training: number
  /** of an episode that can be evaluated on: a start window, the imagined steps, and one more */
  evaluation: number
}

export const ANY_STEPS: NeededSteps = { training: 1, evaluation: 1 }

/**
 * Indices of the held-out episodes, ascending: about `share` of them, at least one, never all, and only such as are long
 * enough to be evaluated on, if there are any.
 * @param lengths of two or more episodes
 * @param needed steps of an episode that can be evaluated on
 */
export function heldOutIndices(lengths: readonly number[], share: number, needed: number): number[] {
  const all = lengths.map((_, i) => i)
  const long = all.filter((i) => lengths[i]! >= needed)
  const candidates = long.length > 0 ? long : all
  const wanted = Math.max(1, Math.round(share * lengths.length))
  const count = Math.min(wanted, candidates.length, lengths.length - 1)
  return Array.from(
    { length: count },
    (_, j) => candidates[Math.floor(((j + 0.5) * candidates.length) / count)]!,
  )
}
