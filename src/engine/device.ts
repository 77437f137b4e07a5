// What suits a device: sizes that were measured on it. Other devices have others.

/**
 * Rows of a chunk. Measured (preset small, joint plan): a row costs 15 % less in chunks of 128, but then fewer
 * requests find work for every executor, and small ones wait twice as long behind big ones.
 */
export const CHUNK_ROWS = 64

/** Fewer rows are not worth an executor of their own: a denoiser call costs 1.3 ms and 0.075 ms a row (preset small). */
export const LEAST_ROWS = 16

/** Whoever comes next waits for the chunks that are being computed, so they should not take longer. */
const MOST_CHUNK_MS = 500

/** Most rows of a chunk of a model whose usual chunk takes so long: a large model's has fewer. 0: not known yet. */
export const mostRows = (usualMs: number): number =>
  usualMs <= MOST_CHUNK_MS
    ? CHUNK_ROWS
    : Math.max(LEAST_ROWS, Math.floor((CHUNK_ROWS * MOST_CHUNK_MS) / usualMs))

/** Rows of a chunk: an equal share for every executor, within bounds. */
export const chunkRows = (batch: number, executors: number, most = CHUNK_ROWS): number =>
  Math.min(most, Math.max(LEAST_ROWS, Math.ceil(batch / executors)))
