// BottleCap: the left hand holds a bottle in the air, the right hand pulls its cap off.
//
// | reward  | 2, minus the distances of the five right finger pads to the cap, minus that of the left palm to the       |
// |         | bottle; 30 times the distance of the cap's frame to the bottle's more while the first sum is at most 0.3 |
// | failure | the cap is no higher than 0.5 m, the right palm 0.5 m from it, or the left palm 0.2 m from the bottle     |
// | success | the cap's frame is more than 0.03 m from the bottle's, which a slide of 28.2 mm makes                      |
// | limit   | 125 steps                                                                                                 |

import { type Errand, freeCoordinates } from './errand.ts'
import { OBJECT } from './layout.ts'
import { BOTTLE_RADII, bottleXml } from './objects.ts'
import { coordinateOf, distance, PALMS, type Place, reach } from './places.ts'
import { tableXml } from './scene.ts'

const BOTTLE: Place = { body: OBJECT.body, at: [0, 0, 0] }
const TOP: Place = { body: OBJECT.body, at: [0, 0, 0.15] }
const CAP: Place = { body: OBJECT.body + 1, at: [0, 0, 0] }
const free = freeCoordinates('bottle')

export const bottleCap: Errand = {
  name: 'BottleCap',
  scene: ({ springs, start }) => ({
    hands: {
      right: { at: [0, -1.05, 0.5], euler: [0.5, Math.PI, Math.PI] },
      left: { at: [0, -0.25, 0.45], euler: [0, 0.87, 0] },
    },
    object: bottleXml(
      { at: [0, -0.6, 0.5], euler: [0, -0.7, 0] },
      { damping: 1, stiffness: springs ? 5 : 0 },
      BOTTLE_RADII[start],
    ),
    friction: 100,
    furniture: tableXml([0.3, 0.3, 0.1], [0, -0.6, 0]),
  }),
  strength: { force: 1000 / 6, torque: 10 / 6 },
  bodies: 3,
  loose: 2,
  coordinates: {
    qpos: [...free.qpos, { name: 'cap_slide', unit: 'm' }, { name: 'cap_twist', unit: 'rad' }],
    qvel: [
      ...free.qvel,
      { name: 'cap_slide_velocity', unit: 'm/s' },
      { name: 'cap_twist_velocity', unit: 'rad/s' },
    ],
  },
  bent: { THJ4: -1.04, THJ3: 1.2, THJ0: -1.57 },
  seen: [
    { name: 'bottle', place: BOTTLE },
    { name: 'cap_target', place: TOP },
    { name: 'cap', place: CAP },
  ],
  episodeLimit: 125,
  rewardText:
    '2, minus the summed distances in m of the right finger pads to the cap, minus that of the left palm to the bottle; ' +
    'while the sum is at most 0.3, plus 30 times the distance of the frame of the cap to that of the bottle',
  judge(simulation, verdict) {
    const reached = reach(simulation, 0, TOP)
    const held = distance(simulation, PALMS[1]!, BOTTLE)
    const opened = distance(simulation, CAP, BOTTLE)
    verdict.reward = 2 - reached - held + (reached <= 0.3 ? 30 * opened : 0)
    verdict.failed =
      coordinateOf(simulation, TOP, 2) <= 0.5 || distance(simulation, PALMS[0]!, TOP) >= 0.5 || held >= 0.2
    verdict.success = opened > 0.03
  },
  drawn: [undefined, { kind: 'slide', between: ['bottle', 'cap'], beside: 0.0103, apart: 0 }],
  focus: [0, -0.62, 0.5],
}
