// Keys that push joints: a pair for each, rows of the keyboard one above the other. By place and not by letter, so that
// every layout has them side by side.

/** [up, down] as KeyboardEvent.code has them. */
export const PAIRS: readonly (readonly [up: string, down: string])[] = [
  ['KeyQ', 'KeyA'],
  ['KeyW', 'KeyS'],
  ['KeyE', 'KeyD'],
  ['KeyR', 'KeyF'],
  ['KeyT', 'KeyG'],
  ['KeyY', 'KeyH'],
  ['KeyU', 'KeyJ'],
  ['KeyI', 'KeyK'],
  ['KeyO', 'KeyL'],
]

export const letterOf = (code: string): string => code.replace('Key', '')

/** Pairs by entry of the joint action: entries without one have no key. */
export const keyMap = (entries: readonly number[]): Map<number, readonly [up: string, down: string]> =>
  new Map(entries.slice(0, PAIRS.length).map((entry, i) => [entry, PAIRS[i]!]))

/** -1, 0 or 1: which way the keys that are down push. */
export function pushOf(
  pair: readonly [up: string, down: string] | undefined,
  down: ReadonlySet<string>,
): number {
  if (!pair) return 0
  return Number(down.has(pair[0])) - Number(down.has(pair[1]))
}

/** Levels a step: full force after a few steps, so that a tap is a nudge. */
const REACH = 64

export function follow(level: number, goal: number): number {
  return level + Math.max(-REACH, Math.min(REACH, goal - level))
}
