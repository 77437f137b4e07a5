/** Does something `count` times, a few at a time, and returns the results in order. */
export async function inTurns<T>(
  count: number,
  atOnce: number,
  task: (i: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = Array(count)
  let next = 0
  const worker = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await task(i)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker))
  return results
}
