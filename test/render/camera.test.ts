import { expect, test } from 'vitest'
import type { Point } from '../../src/render/body.ts'
import { cameraAt, HEIGHT, WIDTH } from '../../src/render/camera.ts'
import { cameraPath } from '../../src/render/camera-path.ts'

const side = cameraAt({ kind: 'side', widthMetres: 4 }, [3, 0, 0.7])
const oblique = cameraAt({ kind: 'oblique', widthMetres: 4 }, [3, 5, 0.7])

test('from the side a metre is a metre, and the ground under the focus is in the middle', () => {
  const origin = side.project([3, 0, 0])
  expect(origin).toMatchObject({ x: WIDTH / 2, y: 0.8 * HEIGHT })
  expect(side.project([4, 7, 0])).toMatchObject({ x: WIDTH / 2 + 120, y: origin.y })
  expect(side.project([3, 0, 1])).toMatchObject({ x: WIDTH / 2, y: origin.y - 120 })
})

test('obliquely x goes right, y goes away, and up stays up', () => {
  const at = (x: number, y: number, z: number) => oblique.project([3 + x, 5 + y, z])
  const origin = at(0, 0, 0)
  expect(at(1, 0, 0).x).toBeGreaterThan(origin.x)
  expect(at(0, 1, 0).y).toBeLessThan(origin.y)
  expect(at(0, 1, 0).depth).toBeLessThan(origin.depth)
  expect(at(0, 0, 1).y).toBeLessThan(origin.y)
  expect(at(0, 0, 1).x).toBe(origin.x)
})

test.each([side, oblique])('the axes of the picture are a rotation of the world', (camera) => {
  const origin = camera.project([0, 0, 0])
  const axes = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as Point[]
  ).map((point) => {
    const { x, y, depth } = camera.project(point)
    return [(x - origin.x) / camera.scale, (y - origin.y) / camera.scale, depth - origin.depth]
  })
  for (const [i, a] of axes.entries())
    for (const [j, b] of axes.entries())
      expect(a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!).toBeCloseTo(i === j ? 1 : 0, 12)
})

test('the camera follows the mean of the body around a frame, and begins and ends with it', () => {
  const shaking = Array.from({ length: 40 }, (_, i): Point[] => [[i + (i % 2 ? 0.5 : -0.5), 0, 0]])
  const path = cameraPath(shaking, 0.05)
  expect(path[0]).toEqual([-0.5, 0, 0])
  expect(path.at(-1)).toEqual([39.5, 0, 0])
  for (let i = 6; i < 34; i++) expect(Math.abs(path[i]![0] - i)).toBeLessThan(0.1)
})

test('between two figures it looks at their middle, but never loses the first', () => {
  const focus = (second: Point) => cameraPath([[[0, 0, 0], second]], 0.05)[0]
  expect(focus([1, -0.4, 0])).toEqual([0.5, -0.2, 0])
  expect(focus([100, 0, 0])).toEqual([1, 0, 0])
})
