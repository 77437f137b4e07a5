import { expect, test } from 'vitest'
import { resolveTask } from '../../src/env/make-env.ts'
import type { Pose } from '../../src/render/body.ts'
import { cameraAt, WIDTH } from '../../src/render/camera.ts'
import type { Frame } from '../../src/render/frame.ts'
import { frameSvg } from '../../src/render/picture.ts'
import { type Element, elementsOf, openBody } from './scenes.ts'

const frameOf = (poses: Pose[], other: Partial<Frame> = {}): Frame => ({
  title: 'HalfCheetah-2x3-v1',
  step: 3,
  seconds: 0.15,
  progress: 0.5,
  focus: [0.2, 0, 0.7],
  figures: poses.map((pose, i) => ({
    name: i ? 'imagined' : 'true',
    pose,
    trail: [pose.root],
    reward: -0.001,
  })),
  ...other,
})

const poseOf = async (task: string, size: number) => (await openBody(task)).pose(Array(size).fill(0.1))
const view = (task: string) => resolveTask(task).body.view
const classes = (elements: Element[]) => elements.flatMap(({ attributes }) => attributes.class ?? [])
const textOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, content]) => content)

test('every capsule is a round line between its ends, as thick as it is', async () => {
  const pose = await poseOf('HalfCheetah-2x3', 9)
  const elements = elementsOf(frameSvg(frameOf([pose]), view('HalfCheetah-2x3')))
  const camera = cameraAt(view('HalfCheetah-2x3'), [0.2, 0, 0.7])
  const lines = elements.filter(({ name }) => name === 'line').map(({ attributes }) => attributes)
  expect(elements.find(({ attributes }) => attributes.class === 'figure')!.attributes['stroke-linecap']).toBe(
    'round',
  )
  for (const { from, to, radius } of pose.shapes) {
    const [a, b] = [camera.project(from), camera.project(to)]
    const drawn = lines.filter(
      ({ x1, y1, x2, y2 }) =>
        Math.hypot(Number(x1) - a.x, Number(y1) - a.y, Number(x2) - b.x, Number(y2) - b.y) < 0.1,
    )
    const widths = drawn.map((line) => Number(line['stroke-width']))
    expect(widths).toEqual(
      [2 * radius * camera.scale + 3, 2 * radius * camera.scale].map((w) => expect.closeTo(w, 1)),
    )
  }
})

test('a sphere is a circle', async () => {
  const pose = await poseOf('Ant-4x2', 15)
  const elements = elementsOf(frameSvg(frameOf([pose]), view('Ant-4x2')))
  const { scale, project } = cameraAt(view('Ant-4x2'), [0.2, 0, 0.7])
  const centre = project(pose.root)
  const circles = elements.filter(({ name, attributes }) => name === 'circle' && Number(attributes.r) > 10)
  expect(circles.at(-1)!.attributes).toMatchObject({ r: String(0.25 * scale) })
  expect(Number(circles.at(-1)!.attributes.cx)).toBeCloseTo(centre.x, 0)
  expect(Number(circles.at(-1)!.attributes.cy)).toBeCloseTo(centre.y, 0)
})

test('one trajectory is one figure, two are a figure and a ghost over it', async () => {
  const pose = await poseOf('Walker2d-2x3', 9)
  const draw = (poses: Pose[]) => classes(elementsOf(frameSvg(frameOf(poses), view('Walker2d-2x3'))))
  expect(draw([pose])).toEqual(['figure'])
  expect(draw([pose, pose])).toEqual(['figure', 'ghost'])
})

test('of several things in a scene each has its own outline', async () => {
  const outlines = async (task: string, size: number) => {
    const pose = await poseOf(task, size)
    const elements = elementsOf(frameSvg(frameOf([pose, pose]), view(task)))
    return elements.flatMap(({ name, attributes }) => (name === 'mask' ? attributes.id! : []))
  }
  expect(await outlines('Ant-4x2', 15)).toEqual(['outside-0'])
  // the door, the hands, the handles
  expect(await outlines('DexHands-DoorOpenOutward', 64)).toEqual([0, 1, 2, 3].map((i) => `outside-${i}`))
})

test('a free robot has a shadow on the ground', async () => {
  const pose = await poseOf('Ant-4x2', 15)
  const draw = (poses: Pose[]) => classes(elementsOf(frameSvg(frameOf(poses), view('Ant-4x2'))))
  expect(draw([pose])).toEqual(['shadow', 'figure'])
  expect(draw([pose, pose])).toEqual(['shadow', 'shadow', 'figure', 'ghost'])
})

test('the far leg is drawn before the trunk, the near one after it', async () => {
  const pose = await poseOf('Walker2d-2x3', 9)
  const svg = frameSvg(frameOf([pose]), view('Walker2d-2x3'))
  const strokes = elementsOf(svg).flatMap(({ name, attributes }) =>
    name === 'line' ? attributes.stroke! : [],
  )
  const [far, trunk, near] = ['#f', '#5', '#1'].map((start) =>
    strokes.findIndex((one) => one.startsWith(start)),
  )
  expect(far).toBeLessThan(trunk!)
  expect(trunk).toBeLessThan(near!)
})

test('words say the task, step, time, distance and reward, and which figure is which', async () => {
  const pose = await poseOf('HalfCheetah-2x3', 9)
  expect(textOf(frameSvg(frameOf([pose]), view('HalfCheetah-2x3')))).toEqual([
    '-2 m',
    '-1 m',
    '0 m',
    '1 m',
    '2 m',
    'HalfCheetah-2x3-v1',
    'step 3 · 0.15 s',
    '0.10 m · reward 0.00',
  ])
  expect(textOf(frameSvg(frameOf([pose, pose]), view('HalfCheetah-2x3'))).slice(-2)).toEqual([
    'true · 0.10 m · reward 0.00',
    'imagined · 0.10 m · reward 0.00',
  ])
})

test('an unknown reward is not mentioned', async () => {
  const pose = await poseOf('HalfCheetah-2x3', 9)
  const frame = frameOf([], { figures: [{ name: 'true', pose, trail: [], reward: undefined }] })
  expect(textOf(frameSvg(frame, view('HalfCheetah-2x3'))).at(-1)).toBe('0.10 m')
})

test('what a title holds can not break the picture', async () => {
  const pose = await poseOf('Ant-4x2', 15)
  const svg = frameSvg(frameOf([pose], { title: 'a<b & "c">' }), view('Ant-4x2'))
  elementsOf(svg)
  expect(svg).toContain('a&#60;b &#38; &#34;c&#34;&#62;')
})

test('the width scales the whole picture', async () => {
  const pose = await poseOf('HalfCheetah-2x3', 9)
  const draw = (width: number) => frameSvg(frameOf([pose]), view('HalfCheetah-2x3'), width)
  const [root] = elementsOf(draw(960))
  expect(root!.attributes).toMatchObject({ width: '960', height: '540', viewBox: '0 0 480 270' })
  expect(draw(960).replace('"960" height="540"', `"${WIDTH}" height="270"`)).toBe(draw(WIDTH))
})
