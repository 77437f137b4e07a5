// The loops against a target that answers when a test lets it, on a clock that a test moves.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { closedLoop, openLoop } from '../../loadtest/loops.ts'
import { Samples } from '../../loadtest/samples.ts'
import { type Answer, failed, type Target } from '../../loadtest/target.ts'

const OK: Answer = { code: 'ok', steps: 1, queueMs: 0, computeMs: 0, totalMs: 0 }

interface Held {
  slot: number
  done: (answer: Answer) => void
}

function heldTarget(slots: number) {
  const held: Held[] = []
  const target: Target = {
    slots,
    send: (slot, done) => void held.push({ slot, done }),
    close: async () => {},
  }
  return { target, held, slots: () => held.map(({ slot }) => slot) }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('a closed loop has one request of every slot under way', () => {
  const { target, held, slots } = heldTarget(2)
  const samples = new Samples()
  closedLoop(target, samples)
  expect(slots()).toEqual([0, 1])
  held[1]!.done(OK)
  expect(slots()).toEqual([0, 1, 1])
  expect(samples.code).toEqual(['unanswered', 'ok', 'unanswered'])
})

test('a caller that is refused waits a moment before it tries again', async () => {
  const { target, held } = heldTarget(1)
  const loop = closedLoop(target, new Samples())
  held[0]!.done(failed('overloaded', true))
  expect(held).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(100)
  expect(held).toHaveLength(2)
  held[1]!.done(failed('overloaded', true))
  await loop.stop(5)
  await vi.advanceTimersByTimeAsync(100)
  expect(held).toHaveLength(2)
})

test('a slot whose connection is lost does not spin', () => {
  const { target, held } = heldTarget(1)
  closedLoop(target, new Samples())
  held[0]!.done(failed('lost'))
  expect(held).toHaveLength(1)
})

test('an open loop sends by the schedule, answered or not, and slots take turns', async () => {
  const { target, slots } = heldTarget(2)
  const samples = new Samples()
  openLoop(target, samples, () => 10)
  await vi.advanceTimersByTimeAsync(35)
  expect(slots()).toEqual([0, 1, 0])
  expect(samples.due.map((due) => Math.round(due - samples.due[0]!))).toEqual([0, 10, 20])
})

test('what was due while the generator itself was held up is sent late and counts from when it was due', async () => {
  const { target, held } = heldTarget(1)
  const samples = new Samples()
  openLoop(target, samples, () => 10)
  vi.setSystemTime(Date.now()) // nothing runs meanwhile
  await vi.advanceTimersByTimeAsync(10)
  const began = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(began + 50)
  await vi.advanceTimersByTimeAsync(11)
  expect(held).toHaveLength(6)
  const late = samples.sent.map((sent, i) => Math.round(sent - samples.due[i]!))
  expect(late).toEqual([0, 40, 30, 20, 10, 0])
})

test('a loop that is stopped sends nothing more and waits for its answers', async () => {
  const { target, held } = heldTarget(1)
  const loop = closedLoop(target, new Samples())
  let stopped = false
  const stopping = loop.stop(1000).then(() => (stopped = true))
  await vi.advanceTimersByTimeAsync(10)
  expect(stopped).toBe(false)
  held[0]!.done(OK)
  await stopping
  expect(held).toHaveLength(1)
})

test('answers that do not come are not waited for for ever', async () => {
  const { target } = heldTarget(1)
  const samples = new Samples()
  await closedLoop(target, samples).stop(5)
  expect(samples.code).toEqual(['unanswered'])
})
