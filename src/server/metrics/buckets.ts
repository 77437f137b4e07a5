// Bounds of histogram buckets.

/** Seconds. Steps of a live session at the low end, rollouts of a thousand rows at the high end. */
export const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Seconds of computing, coarser than those of requests: each model has its own series. */
export const COMPUTE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10]

/** Rows of a batch. */
export const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
