// Pen: a pen with a cap lies on a table; each hand takes one end, and they pull the cap off.
//
// | reward  | e^(-10 R) + e^(-10 L), R and L the distances of the five finger pads of a hand to its end of the pen,  |
// |         | summed; 5 times the distance of both ends minus 0.8 more while R and L are below 0.75                  |
// | failure | R or L is 1.5 m or more                                                                                |
// | success | 5 times the distance of both ends is more than 1.5, which a slide of 0.13 m makes                       |
// | limit   | 125 steps                                                                                              |
import { type Errand, freeCoordinates } from './errand.ts'
import { OBJECT } from './layout.ts'
import { penXml } from './objects.ts'
import { distance, type Place, reach } from './places.ts'
import { tableXml } from './scene.ts'

const BARREL: Place = { body: OBJECT.body, at: [0, 0, 0.07] }
const CAP: Place = { body: OBJECT.body + 1, at: [0, 0, -0.1] }
const free = freeCoordinates('barrel')
/** Where it lies, m: the table is 0.6 m high, and the original lets it begin 12 mm inside. */
const HEIGHT = { clear: 0.613, given: 0.6 }

export const pen: Errand = {
  name: 'Pen',
  scene: ({ springs, start }) => ({
    hands: {
      right: { at: [0.55, 0.2, 0.8], euler: [Math.PI, 0, 1.57] },
      left: { at: [0.55, -0.2, 0.8], euler: [Math.PI, 0, 1.57] },
    },
    object: penXml(
      { at: [0, 0, HEIGHT[start]], euler: [1.57, 1.57, 0] },
      { damping: 0.5, stiffness: springs ? 1 : 0 },
    ),
    friction: 1,
    furniture: tableXml([0.5, 1, 0.6], [0, 0, 0]),
  }),
  strength: { force: 5000 / 6, torque: 10 / 6 },
  bodies: 3,
  indifferent: ['friction'],
  loose: 2,
  coordinates: {
    qpos: [...free.qpos, { name: 'cap_slide', unit: 'm' }],
    qvel: [...free.qvel, { name: 'cap_slide_velocity', unit: 'm/s' }],
  },
  seen: [
    { name: 'cap_end', place: CAP },
    { name: 'barrel_end', place: BARREL },
  ],
  episodeLimit: 125,
  rewardText:
    'e^(-10 R) + e^(-10 L), R and L the summed distances in m of the finger pads of each hand to its end of the pen; ' +
    'while both are below 0.75, plus 5 times the distance of the ends minus 0.8',
  judge(simulation, verdict) {
    const [right, left] = [reach(simulation, 0, CAP), reach(simulation, 1, BARREL)]
    const apart = 5 * distance(simulation, CAP, BARREL)
    const held = right < 0.75 && left < 0.75
    verdict.reward = Math.exp(-10 * right) + Math.exp(-10 * left) + (held ? apart - 0.8 : 0)
    verdict.failed = right >= 1.5 || left >= 1.5
    verdict.success = apart > 1.5
  },
  drawn: [undefined, { kind: 'slide', between: ['barrel_end', 'cap_end'], beside: 0, apart: 0.17 }],
  focus: [0.2, 0, 0.6],
}
