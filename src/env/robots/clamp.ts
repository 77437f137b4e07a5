/** Cuts a number to [-limit, limit]. */
export const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value))
