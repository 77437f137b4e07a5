// Actions on a grid of 255 levels: what people, keys, chance and plans choose is a byte, so that a link holds it and gives
// the same number again to the bit. Level 127 is the middle.

/** Of the middle. */
export const REST = 127
export const MOST = 254

export interface Range {
  readonly low: number
  readonly high: number
}

export const actionAt = (level: number, { low, high }: Range): number =>
  (low + high) / 2 + (((high - low) / 2) * (level - REST)) / REST

/** The nearest one. */
export function levelOf(value: number, { low, high }: Range): number {
  const share = (value - (low + high) / 2) / ((high - low) / 2)
  return Math.max(0, Math.min(MOST, Math.round(REST + REST * share)))
}

/** [N][A] of levels [N * A]. */
export function actionsOf(levels: ArrayLike<number>, range: Range, agents: number): number[][] {
  const A = levels.length / agents
  return Array.from({ length: agents }, (_, n) =>
    Array.from({ length: A }, (_, a) => actionAt(levels[n * A + a]!, range)),
  )
}
