// Whoever has little to do does not wait for whoever has much.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Busy, Turns } from '../../src/server/turns.ts'

/** Writes its name into `log` for each of its pieces. */
function worker(name: string, pieces: number, log: string[]): Busy {
  let left = pieces
  return {
    work() {
      if (left > 0) log.push(name)
      return --left > 0
    },
  }
}

test('work is done at once where there is room', () => {
  const log: string[] = []
  new Turns().offer(worker('a', 1, log))
  expect(log).toEqual(['a'])
})

test('a turn has an end, and connections take turns', async () => {
  const [turns, log] = [new Turns(), [] as string[]]
  turns.offer(worker('many', 500, log))
  turns.offer(worker('few', 3, log))
  await nextTurn()
  expect(log.length).toBeLessThan(200)
  expect(log.slice(0, 7)).toEqual(['many', 'many', 'few', 'many', 'few', 'many', 'few'])
  while (log.length < 503) await nextTurn()
  await nextTurn()
  expect(log).toHaveLength(503)
})

test('what takes long is alone in its turn', async () => {
  const [turns, log] = [new Turns(), [] as string[]]
  const slow: Busy = {
    work() {
      const until = performance.now() + 10
      while (performance.now() < until);
      log.push('slow')
      return log.length < 5
    },
  }
  turns.offer(slow)
  for (let done = 1; done <= 5; done++) {
    expect(log).toHaveLength(done)
    await nextTurn()
  }
})

test('who has left is not asked again', async () => {
  const [turns, log] = [new Turns(), [] as string[]]
  const gone = worker('gone', 5, log)
  turns.offer(gone)
  turns.remove(gone)
  await nextTurn()
  expect(log).toEqual(['gone'])
})
