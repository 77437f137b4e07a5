import { expect, test } from 'vitest'
import { Pace } from '../../src/runs/pace.ts'

/** A pace on a clock that the test turns, with epochs of these lengths behind it, at the start of the next. */
function paceAfter(...epochs: number[]) {
  let time = 100
  const pace = new Pace(() => time)
  const pass = (seconds: number) => {
    time += seconds
  }
  for (const seconds of epochs) {
    pace.begin()
    pass(seconds)
    pace.finish()
  }
  pass(1000) // between epochs: nobody's
  pace.begin()
  return { pace, pass }
}

test('in the first epoch the share that is done says how long it takes', () => {
  const { pace, pass } = paceAfter()
  pass(10)
  pace.reached(0.25)
  expect(pace.secondsLeft(0)).toBeCloseTo(30, 10)
  expect(pace.secondsLeft(2)).toBeCloseTo(110, 10)
})

test('nothing is known at its very beginning, nor before anything is done', () => {
  const { pace, pass } = paceAfter()
  expect(pace.secondsLeft(3)).toBeNaN()
  pass(60)
  expect(pace.secondsLeft(3)).toBeNaN()
})

test('later the epochs before say it, whatever the share', () => {
  const { pace, pass } = paceAfter(8, 12)
  expect(pace.secondsLeft(3)).toBeCloseTo(40, 10)
  pass(4)
  pace.reached(0.1)
  expect(pace.secondsLeft(3)).toBeCloseTo(36, 10)
})

test('an epoch that takes longer than those before says it itself', () => {
  const { pace, pass } = paceAfter(10)
  pass(25)
  pace.reached(0.5)
  expect(pace.secondsLeft(0)).toBeCloseTo(25, 10) // not 0 s for all of it
  expect(pace.secondsLeft(2)).toBeCloseTo(125, 10)
  pace.reached(1)
  expect(pace.secondsLeft(0)).toBe(0)
})

test('without news the time that was foretold passes, and what takes longer than that foretells anew', () => {
  const { pace, pass } = paceAfter()
  pass(20)
  pace.reached(0.1) // of calls of many updates the first
  pass(15)
  expect(pace.secondsLeft(0)).toBeCloseTo(165, 10)
  pass(200)
  expect(pace.secondsLeft(0)).toBeGreaterThan(235)
})

test('epochs that did other things say nothing', () => {
  const { pace, pass } = paceAfter()
  const epoch = (kind: string, seconds: number) => {
    pace.begin()
    pace.does(kind)
    pass(seconds)
    pace.finish()
  }
  for (let i = 0; i < 3; i++) epoch('collects', 1)
  epoch('model', 30)
  pace.begin()
  pace.does('model')
  expect(pace.secondsLeft(1)).toBeCloseTo(60, 10) // not 33 for four of them
  pace.does('both')
  expect(pace.secondsLeft(1)).toBeNaN()
  pass(20)
  pace.reached(0.5)
  expect(pace.secondsLeft(1)).toBeCloseTo(60, 10)
})

test('only the last five epochs count', () => {
  const { pace } = paceAfter(1000, 1, 2, 3, 4, 5)
  expect(pace.secondsLeft(0)).toBeCloseTo(3, 10)
})
