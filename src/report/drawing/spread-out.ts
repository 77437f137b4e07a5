// Labels in a column: as near to their places as they can be without touching.

/**
 * Places at least `gap` apart and in the same order, with the least squared shift, inside [from, to] where they fit.
 * @param places ascending
 */
export function spreadOut(
  places: readonly number[],
  gap: number,
  [from, to]: readonly [number, number],
): number[] {
  // Without the gaps it is a monotone regression: neighbours that are out of order share their mean.
  const blocks: { sum: number; count: number }[] = []
  for (const [i, place] of places.entries()) {
    blocks.push({ sum: place - i * gap, count: 1 })
    while (blocks.length > 1 && levelOf(blocks.at(-2)!) > levelOf(blocks.at(-1)!)) {
      const last = blocks.pop()!
      const before = blocks.at(-1)!
      before.sum += last.sum
      before.count += last.count
    }
  }
  const end = Math.max(from, to - (places.length - 1) * gap)
  const levels = blocks.flatMap((block) => Array<number>(block.count).fill(levelOf(block)))
  return levels.map((level, i) => Math.min(end, Math.max(from, level)) + i * gap)
}

const levelOf = ({ sum, count }: { sum: number; count: number }) => sum / count
