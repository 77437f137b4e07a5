// The tasks can be done: three that were done by actions written down beforehand. Those of bottle and pen were found by search.
import { expect, test } from 'vitest'
import type { World } from '../../../../src/env/mujoco/world.ts'
import { still, worldOf } from './worlds.ts'

/** The step in which a task was done, undefined where it ended otherwise. */
function doneBy(world: World, act: (action: Float64Array, step: number) => void): number | undefined {
  const action = still()
  for (let step = 0; step < world.task.spec.episodeLimit; step++) {
    act(action, step)
    world.step(action)
    if (world.succeeded) return step
    if (world.terminated) return undefined
  }
  return undefined
}

/** Fingers and thumb of a hand. */
function bend(world: World, action: Float64Array, hand: string, fingers: number, thumb: number): void {
  world.task.body.actuators.forEach((name, i) => {
    if (!name.startsWith(hand)) return
    if (/[FMRL]FJ[12]$/.test(name)) action[i] = fingers
    else if (name.endsWith('THJ4')) action[i] = -1
    else if (name.endsWith('THJ3')) action[i] = 1
    else if (/THJ[10]$/.test(name)) action[i] = thumb
  })
}

test('hands that push straight ahead open the door that goes away from them', async () => {
  const world = await worldOf('DoorOpenOutward')
  const done = doneBy(world, (action) => {
    bend(world, action, 'right', -1, 0)
    bend(world, action, 'left', -1, 0)
    action[0] = -0.3
    action[26] = -0.3
  })
  expect(done).toBeLessThan(120)
})

test('the left hand grips the bottle, the right hand its cap, and pulls it off', async () => {
  const world = await worldOf('BottleCap')
  const LEFT_UP = 26 + 2
  const done = doneBy(world, (action, step) => {
    const [near, pull] = [step > 20, step > 55]
    bend(world, action, 'left', 0.9, -1)
    bend(world, action, 'right', near ? 0.8 : 0.345, near ? -1 : -0.2)
    action.set(near ? [0, 0, 0, 0, 0, 0] : [-1, 1, -0.8, 0.35, -0.445, 0.95])
    if (pull) action.set([0.455, 1, 0.62])
    action[LEFT_UP] = 0.15
  })
  expect(done).toBeGreaterThan(55)
})

/** Of each hand: force and torque of the approach; then half of a force, fingers and thumb of the grip, and the wrist. */
const PEN = [
  {
    approach: [-0.224, -0.193, -0.315, 0.744, 0.212, 0.351],
    open: { fingers: -0.396, THJ4: -0.134 },
    pull: [-0.0165, 0.1025, -0.4265],
    grip: { fingers: 1, THJ4: -1, thumb: -0.924 },
    rest: { THJ3: 0.712, WRJ1: 0.094, WRJ0: -0.095 },
  },
  {
    approach: [-0.423, 0.127, -0.662, -0.482, 1, -0.217],
    open: { fingers: -0.505, THJ4: -0.345 },
    pull: [0.285, -0.259, 0.141],
    grip: { fingers: 0.741, THJ4: -1, thumb: -0.519 },
    rest: { THJ3: 0.366, WRJ1: -0.135, WRJ0: -0.085 },
  },
]

test('each hand takes an end of the pen, and they pull the cap off', async () => {
  const world = await worldOf('Pen')
  const names = world.task.body.actuators
  const done = doneBy(world, (action, step) => {
    PEN.forEach(({ approach, open, pull, grip, rest }, hand) => {
      const near = step >= 25
      const bent: Record<string, number> = { thumb: 0, ...(near ? grip : open), ...rest }
      action.set(near ? [...pull, 0, 0, 0] : approach, 26 * hand)
      for (let i = 26 * hand + 6; i < 26 * (hand + 1); i++) {
        const joint = names[i]!.split('_').at(-1)!
        const group = /[FMRL]FJ[12]$/.test(joint) ? 'fingers' : /THJ[10]$/.test(joint) ? 'thumb' : joint
        action[i] = bent[group] ?? 0
      }
    })
  })
  expect(done).toBeGreaterThan(25)
})
