// DoorOpenInward, DoorOpenOutward: a double door, each hand opens its leaf by the handle; inward the leaves come towards
// the hands, outward they go away.
//
// | reward  | 2 - R - L, R and L the distances of the five finger pads of a hand to its handle, summed; twice the      |
// |         | distance of the handles across the door more while R and L are below 0.5                                 |
// | failure | R or L is 1.5 m or more                                                                                  |
// | success | the handles are more than 0.5 m apart across the door: leaves at about 58 degrees inward, 70 outward      |
// | limit   | 250 steps                                                                                                |
import type { Drawn, Errand } from './errand.ts'
import { OBJECT } from './layout.ts'
import { doorXml, LEAF } from './objects.ts'
import { coordinateOf, type Place, reach } from './places.ts'
import type { Hand } from './scene.ts'

const FROM_HINGE = 0.39
const BELOW = -0.5
const BEFORE = 0.04
const LEAVES = ['right_leaf', 'left_leaf']

/** `turn`: of the door about y, rad; `side`: of the leaves, on which the handles are that the hands take. */
function door(name: string, turn: number, side: 1 | -1): Errand {
  const handle = (leaf: number, across: number): Place => ({
    body: OBJECT.body + 1 + leaf,
    at: [side * BEFORE, across * FROM_HINGE, BELOW],
  })
  const [right, left] = [handle(0, -1), handle(1, 1)]
  const facing = Math.cos(turn)
  const swinging = (hand: Hand): Drawn => {
    const hinge = LEAF.hinges[hand]
    const outer = Math.sign(hinge)
    return {
      kind: 'hinge',
      seen: `${hand}_handle`,
      about: [facing * LEAF.behind[hand], hinge],
      bearing: Math.atan2(-outer * FROM_HINGE, facing * side * BEFORE),
      sense: -outer * facing > 0 ? 1 : -1,
    }
  }
  return {
    name,
    scene: ({ springs }) => ({
      hands: {
        right: { at: [0.55, 0.2, 0.6], euler: [Math.PI, 1.57, 1.57] },
        left: { at: [0.55, -0.2, 0.6], euler: [Math.PI, -1.57, 1.57] },
      },
      object: doorXml({ at: [0, 0, 0.7], euler: [0, turn, 0] }, side, {
        damping: 1,
        stiffness: springs ? 5 : 0,
      }),
      friction: 0.1,
      furniture: '',
      excluded: [
        ['right_leaf', 'left_leaf'],
        ['door', 'right_leaf'],
        ['door', 'left_leaf'],
      ],
    }),
    strength: { force: 5000 / 6, torque: 50 / 6 },
    bodies: 3,
    indifferent: ['start'],
    loose: 0,
    coordinates: {
      qpos: LEAVES.map((leaf) => ({ name: `${leaf}_angle`, unit: 'rad' })),
      qvel: LEAVES.map((leaf) => ({ name: `${leaf}_velocity`, unit: 'rad/s' })),
    },
    seen: [
      { name: 'left_handle', place: left },
      { name: 'right_handle', place: right },
    ],
    episodeLimit: 250,
    rewardText:
      '2 - R - L, R and L the summed distances in m of the finger pads of each hand to its handle; while both are below ' +
      '0.5, plus twice the distance of the handles across the door',
    judge(simulation, verdict) {
      const [r, l] = [reach(simulation, 0, right), reach(simulation, 1, left)]
      const apart = Math.abs(coordinateOf(simulation, right, 1) - coordinateOf(simulation, left, 1))
      verdict.reward = 2 - r - l + (r < 0.5 && l < 0.5 ? 2 * apart : 0)
      verdict.failed = r >= 1.5 || l >= 1.5
      verdict.success = apart > 0.5
    },
    drawn: [undefined, swinging('right'), swinging('left')],
    focus: [0.2, 0, 0.7],
  }
}

export const doorOpenInward = door('DoorOpenInward', Math.PI, -1)
export const doorOpenOutward = door('DoorOpenOutward', 0, 1)
