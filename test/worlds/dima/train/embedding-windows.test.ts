// The windows that a distilled encoder learns from are those that it will be asked.
import { expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { drawActionWindows } from '../../../../src/worlds/dima/train/embedding-windows.ts'

const dims = { context: 3, agents: 2, action: 3 }
const joint = 6
/** Step t of it is six times t + 10. */
const episode = Float32Array.from({ length: 5 * joint }, (_, i) => 10 + Math.floor(i / joint))
const box = { dims, low: -2, high: 1 }

const windowsOf = (data: Float32Array) =>
  Array.from({ length: data.length / (3 * joint) }, (_, row) =>
    [...data.subarray(row * 3 * joint, (row + 1) * 3 * joint)].filter((_, i) => i % joint === 0),
  )

test('half of them are of episodes, with padding before their first step', () => {
  const { actions } = drawActionWindows({ ...box, played: [episode] }, 400, new Rng('played'))
  const played = windowsOf(actions.data).filter((window) => window.at(-1)! >= 10)
  expect(played.length).toBeGreaterThan(150)
  expect(played.length).toBeLessThan(250)
  const expected = ['0,0,10', '0,10,11', '10,11,12', '11,12,13', '12,13,14']
  expect([...new Set(played.map(String))].sort()).toEqual(expected)
})

test('random ones fill the box, rest at its bounds, are held and padded', () => {
  const { actions } = drawActionWindows({ ...box, played: [] }, 400, new Rng('random'))
  const values = [...actions.data]
  expect(values.filter((value) => value === -2).length).toBeGreaterThan(400)
  expect(values.filter((value) => value === 1).length).toBeGreaterThan(400)
  const windows = windowsOf(actions.data)
  expect(windows.some(([a, b, c]) => a === b && b === c && a !== 0)).toBe(true)
  expect(windows.some(([a, b, c]) => a === 0 && b === 0 && c !== 0)).toBe(true)
})

test('past actions are visible, of the current ones one, some or all', () => {
  const { mask } = drawActionWindows({ ...box, played: [] }, 200, new Rng('masks'))
  const rows = Array.from({ length: 200 }, (_, row) => mask.data.subarray(row * 6, (row + 1) * 6).join(''))
  expect([...new Set(rows)].sort()).toEqual(['111101', '111110', '111111'])
})

test('the same key draws the same', () => {
  const draw = (key: string) => drawActionWindows({ ...box, played: [episode] }, 20, new Rng(key))
  expect(draw('a')).toEqual(draw('a'))
  expect(draw('b')).not.toEqual(draw('a'))
})
