// The small multiples: what a panel shows, and that the picture is one.
import { expect, test } from 'vitest'
import { multiplesOf, resultsFigure } from '../../../src/evaluation/results/figure.ts'
import { PAPER_TASKS } from '../../../src/report/paper-returns.ts'
import { assertWellFormed } from '../../report/well-formed.ts'
import { mappoOf, summaryOf } from './run-summary.ts'

const ANTS = ['Ant-2x4', 'Ant-4x2']

test('one seed is a line with its last value; others are shown as far as they got', () => {
  const [panel, other] = multiplesOf(ANTS, [summaryOf(), mappoOf()])
  const [ours, mappo] = panel!.lines
  expect(ours).toMatchObject({ label: '800', points: [[1000, 400], [2000, 800]] }) // biome-ignore format: points
  expect(ours!.thin).toBeUndefined()
  expect(mappo!.points).toEqual([[1500, 10], [2500, 30]]) // biome-ignore format: points
  expect(mappo!.label).toBeUndefined()
  expect([panel!.note, other!.note]).toEqual([undefined, 'not trained'])
})

test('presets of an algorithm are lines of their own, in its colour', () => {
  const runs = ['small', 'paper'].map((preset) => summaryOf({ algorithm: 'hasac', preset }))
  const { lines } = multiplesOf(ANTS, runs)[0]!
  expect(lines.map(({ thin }) => thin ?? false)).toEqual([false, false])
  expect(lines[0]!.colour).toBe(lines[1]!.colour)
})

test('several seeds are thin, and their mean is not', () => {
  const second = summaryOf({ seed: 2, evaluations: [[1000, 600], [2000, 600]] }) // biome-ignore format: points
  const { lines } = multiplesOf(ANTS, [summaryOf(), second])[0]!
  expect(lines.map(({ thin, label }) => [thin ?? false, label])).toEqual([
    [true, undefined],
    [true, undefined],
    [false, '700'],
  ])
  expect(lines[2]!.points).toEqual([[1000, 500], [2000, 700]]) // biome-ignore format: points
})

test('MAPPO alone is shown, and that DIMA is missing', () => {
  const [panel] = multiplesOf(ANTS, [mappoOf()])
  expect(panel!.lines[0]!.points).toHaveLength(2)
  expect(panel!.note).toBe('DIMA: not trained')
})

test('panels of a robot share an axis that has room for all, and six marks', () => {
  const low = summaryOf({ evaluations: [[1000, -70]] })
  const panels = multiplesOf(ANTS, [low])
  expect(panels.map(({ range }) => range)).toEqual([panels[0]!.range, panels[0]!.range])
  expect(panels[0]!.range[0]).toBe(-70)
  expect(panels[0]!.range[1]).toBeGreaterThan(4881)
  expect(panels[0]!.marks.map(({ label }) => label)).toContain('MARIE 4471 ?')
  expect(panels[0]!.marks).toHaveLength(6)
})

test('the picture has every task, in its robot’s row, and both palettes', () => {
  const svg = resultsFigure([summaryOf(), mappoOf()])
  assertWellFormed(svg.replace(/<style>.*<\/style>/, ''))
  for (const task of PAPER_TASKS) expect(svg).toContain(`>${task}</text>`)
  const place = (task: string) =>
    new RegExp(`x="(\\d+)" y="(\\d+)"[^>]*>${task}<`).exec(svg)!.slice(1).map(Number)
  expect(place('HalfCheetah-2x3')[0]).toBe(place('Ant-2x4')[0])
  expect(place('Ant-4x2')[1]).toBe(place('Ant-2x4')[1])
  expect(svg).toContain('prefers-color-scheme: dark')
  expect(place('DexHands-DoorOpenOutward')[0]).toBe(place('DexHands-BottleCap')[0]) // four make two rows
  expect(svg.match(/>not trained</g)).toHaveLength(10)
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
})
