import { describe, expect, test } from 'vitest'
import { createReporter, describe as describeProgress, duration } from '../../src/runs/progress.ts'

const progress = {
  label: 'epoch 7 imagines',
  done: 0.25,
  steps: 7000,
  losses: { denoiser: 0.5, actor: -0.012_345 },
  secondsLeft: 125,
}

function reporter(isTTY: boolean, columns?: number) {
  const written: string[] = []
  let time = 0
  const stream = {
    isTTY,
    columns,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream
  const start = createReporter(stream, () => time)
  return { start, written, pass: (ms: number) => (time += ms) }
}

test('says how far, how good and how long still', () => {
  expect(describeProgress(progress)).toBe(
    ' 25.0 %  epoch 7 imagines      7000 steps  2m05s left  loss denoiser 0.500, actor -0.0123',
  )
})

test('says the return of the last evaluation once there is one', () => {
  expect(describeProgress({ ...progress, evaluated: -123.6 })).toContain('  return -124  ')
  expect(describeProgress({ ...progress, evaluated: -0.2 })).toContain('  return 0  ')
  expect(describeProgress(progress)).not.toContain('return')
})

test('says so while no loss is known', () => {
  expect(describeProgress({ ...progress, losses: {} })).toMatch(/ {2}loss -$/)
})

test.each([
  [3725, '1h02m'],
  [65, '1m05s'],
  [59.9, '59s'],
  [0, '0s'],
  [3600, '1h00m'],
  [Number.NaN, '?'],
  [Number.POSITIVE_INFINITY, '?'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

describe('on a terminal', () => {
  test('rewrites one line, a few times a second', () => {
    const { start, written, pass } = reporter(true)
    for (let i = 0; i < 10; i++) {
      start.update(progress)
      pass(50)
    }
    expect(written.length).toBe(3)
    expect(written.every((text) => text.startsWith('\r\x1b[K') && !text.includes('\n'))).toBe(true)
  })

  test.each([20, 40, 80, undefined, 0])(
    'the line fits %s columns and keeps the time that is left',
    (columns) => {
      const { start, written } = reporter(true, columns)
      start.update(progress)
      const shown = written[0]!.replace('\r\x1b[K', '')
      expect(shown.length).toBe(Math.min((columns || 80) - 1, describeProgress(progress).length))
      expect(describeProgress(progress).startsWith(shown)).toBe(true)
    },
  )

  test('a note replaces the line and stays', () => {
    const { start, written } = reporter(true)
    start.note('resumed')
    expect(written).toEqual(['\r\x1b[Kresumed\n'])
  })
})

test('a status has the place of the progress, as seldom', () => {
  const { start, written, pass } = reporter(true)
  start.status('reading 1 of 9')
  pass(100)
  start.update(progress)
  pass(100)
  start.status('reading 3 of 9')
  expect(written).toEqual(['\r\x1b[Kreading 1 of 9', '\r\x1b[Kreading 3 of 9'])
})

describe('in a log', () => {
  test('writes plain lines with a time, seldom', () => {
    const { start, written, pass } = reporter(false)
    for (let i = 0; i < 31; i++) {
      start.update(progress)
      pass(1000)
    }
    expect(written.length).toBe(3)
    for (const line of written)
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d {2}25\.0 % {2}epoch 7 [ -~]*\n$/)
  })

  test('a note is a plain line at once', () => {
    const { start, written } = reporter(false)
    start.note('resumed')
    expect(written).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8} resumed\n$/)])
  })
})
