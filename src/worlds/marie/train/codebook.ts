// A codebook that follows the encodings that fall to its codes, by running sums of them (van den Oord et al. 2017, appendix A.1).
// V codes of C numbers, R encodings.

/** Of the running sums an update keeps so much. */
const KEEP = 0.8
/** Added to the counts, so that no code is divided by nothing. */
const EPSILON = 1e-5

export interface CodebookState {
  /** [V, C] */
  codes: Float32Array
  /** [V] running counts of encodings */
  counts: Float32Array
  /** [V, C] running sums of them */
  sums: Float32Array
}

/**
 * Counts begin at 0 and sums at the codes. So a code that nothing falls to begins far away, and comes through the data's scale
 * after some 30 updates, where something may: nothing else revives it.
 */
export const freshCodebook = (codes: Float32Array, V: number): CodebookState => ({
  codes: codes.slice(),
  counts: new Float32Array(V),
  sums: codes.slice(),
})

/** @param tokens [R] numbers of the codes that encodings [R, C] fell to */
export function followed(
  { counts, sums }: CodebookState,
  tokens: ArrayLike<number>,
  encodings: Float32Array,
): CodebookState {
  const [V, C] = [counts.length, sums.length / counts.length]
  const [own, added] = [new Float64Array(V), new Float64Array(V * C)]
  for (let row = 0; row < tokens.length; row++) {
    const code = tokens[row]!
    own[code]!++
    for (let c = 0; c < C; c++) added[code * C + c]! += encodings[row * C + c]!
  }
  const follow = (before: Float32Array, by: Float64Array) =>
    before.map((value, i) => KEEP * value + (1 - KEEP) * by[i]!)
  const next = { counts: follow(counts, own), sums: follow(sums, added) }
  return { ...next, codes: codesOf(next) }
}

function codesOf({ counts, sums }: Pick<CodebookState, 'counts' | 'sums'>): Float32Array {
  const [V, C] = [counts.length, sums.length / counts.length]
  const total = counts.reduce((sum, count) => sum + count, 0)
  const share = total / (total + V * EPSILON) // the counts keep their sum
  return sums.map((sum, i) => sum / ((counts[Math.floor(i / C)]! + EPSILON) * share))
}
