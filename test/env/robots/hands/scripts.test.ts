// The tasks can be done: by actions that are written down beforehand. All but those of the outward door were found by search.
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

interface Grasp {
  /** force and torque, until step 25 */
  approach: number[]
  open: Record<string, number>
  /** force until step 45, and from then on */
  press: number[]
  pull: number[]
  /** joints from step 25 on; `fingers` and `thumb` are several */
  grip: Record<string, number>
  /** joints all the time */
  rest: Record<string, number>
}

/** By hand. */
const PEN: Grasp[] = [
  {
    approach: [-0.224, -0.193, -0.315, 0.744, 0.212, 0.351],
    open: { fingers: -0.396, THJ4: -0.134 },
    press: [-0.0165, 0.1025, -0.4265],
    pull: [0, 0, 0],
    grip: { fingers: 1, THJ4: -1, thumb: -0.924 },
    rest: { THJ3: 0.712, WRJ1: 0.094, WRJ0: -0.095 },
  },
  {
    approach: [-0.423, 0.127, -0.662, -0.482, 1, -0.217],
    open: { fingers: -0.505, THJ4: -0.345 },
    press: [0.285, -0.259, 0.141],
    pull: [0, 0, 0],
    grip: { fingers: 0.741, THJ4: -1, thumb: -0.519 },
    rest: { THJ3: 0.366, WRJ1: -0.135, WRJ0: -0.085 },
  },
]
const DOOR: Grasp[] = [
  {
    approach: [-0.318, -0.318, 0.374, 0, 0.304, 0.131],
    open: { fingers: -0.4, THJ4: 0.061 },
    press: [-0.0135, -0.1105, 0.013],
    pull: [0.4105, -0.0315, 0.0955],
    grip: { fingers: 1, THJ4: -1, thumb: -0.528 },
    rest: { THJ3: 0.59, WRJ1: 0.195, WRJ0: -0.332 },
  },
  {
    approach: [-0.461, 0.537, 0.301, 0.475, 0.612, -0.061],
    open: { fingers: -0.74, THJ4: -1 },
    press: [0.3, 0.177, -0.051],
    pull: [0.2065, -0.381, 0.0015],
    grip: { fingers: 0.466, THJ4: -0.807, thumb: -0.775 },
    rest: { THJ3: 0.222, WRJ1: 0.244, WRJ0: -0.084 },
  },
]

function grasp(world: World, grasps: readonly Grasp[]): number | undefined {
  const names = world.task.body.actuators
  return doneBy(world, (action, step) => {
    grasps.forEach(({ approach, open, press, pull, grip, rest }, hand) => {
      const bent: Record<string, number> = { thumb: 0, ...(step < 25 ? open : grip), ...rest }
      action.set(step < 25 ? approach : [...(step < 45 ? press : pull), 0, 0, 0], 26 * hand)
      for (let i = 26 * hand + 6; i < 26 * (hand + 1); i++) {
        const joint = names[i]!.split('_').at(-1)!
        const group = /[FMRL]FJ[12]$/.test(joint) ? 'fingers' : /THJ[10]$/.test(joint) ? 'thumb' : joint
        action[i] = bent[group] ?? 0
      }
    })
  })
}

test('each hand takes an end of the pen, and they pull the cap off', async () => {
  expect(grasp(await worldOf('Pen'), PEN)).toBeGreaterThan(25)
})

test('each hand takes a handle and pulls its leaf of the door that opens towards it', async () => {
  expect(grasp(await worldOf('DoorOpenInward'), DOOR)).toBeGreaterThan(45)
})
