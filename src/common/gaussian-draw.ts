// What actions are drawn from: independent Gaussians, entry by entry, not squashed (method.md 4.1).
export const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI)

/** The entry that lies z standard deviations from the mean. */
export const drawn = (mean: number, std: number, z: number): number => mean + std * z

/** Its log-density; that of a whole action is the sum over its entries. */
export const logDensity = (std: number, z: number): number => -(0.5 * z * z + Math.log(std) + HALF_LOG_2PI)
