// What suits a device: sizes that were measured on it, with the reason and where the figure stands. Another device has
// others: measure them there, and give it an object like this one. "Small" is the preset, with the joint plan.

export const CPU = {
  /**
   * Rows of a rollout's chunk. A row costs 15 % less in chunks of 128 (small), but then fewer requests find work for
   * every executor, and small ones wait twice as long behind big ones.
   */
  chunkRows: 64,
  /** Fewer rows are not worth an executor of their own: a denoiser call costs 1.3 ms and 0.075 ms a row (small). */
  leastRows: 16,
  /** Whoever comes next waits for the chunks that are being computed, so they should not take longer. */
  mostChunkMs: 500,
  /**
   * Live steps of a batch. 64 take 16 ms, so that a row costs a tenth of the 2.5 ms that it takes alone (bench/serving.json,
   * raw); beyond, everyone waits longer for little.
   */
  stepRows: 64,
  /** How long a batch waits for those who are expected: half of what a full one takes. More can't be worth it. */
  stepDelayMs: 8,
  /** Between two proofs that an idle executor can compute, each one step of one row: a quarter of a percent of its time. */
  canaryEveryMs: 1000,
  /** Rows that are embedded in one call: bounds the Perceiver's memory, about 10 MB a row. */
  embedRows: 256,
  /**
   * Fewer are multiplied in another way than many, and a sampled episode amplifies the difference: a session alone would be
   * 1e-4 from itself in company after 15 steps (small; test/worlds/dima/serve/company.integration.test.ts).
   */
  fewestAlike: 2,
} as const

/** Most rows of a chunk of a model whose usual chunk takes so long: a large model's has fewer. 0: not known yet. */
export const mostRows = (usualMs: number): number =>
  usualMs <= CPU.mostChunkMs
    ? CPU.chunkRows
    : Math.max(CPU.leastRows, Math.floor((CPU.chunkRows * CPU.mostChunkMs) / usualMs))

/** Rows of a chunk: an equal share for every executor, within bounds. */
export const chunkRows = (batch: number, executors: number, most: number = CPU.chunkRows): number =>
  Math.min(most, Math.max(CPU.leastRows, Math.ceil(batch / executors)))
