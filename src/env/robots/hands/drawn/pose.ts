// MuJoCo's coordinates of a state, for pictures: hands hang on the tips of their first fingers, as in their trees. What a state
// does not tell, how far a cap has been twisted, is 0.
import { aboutAxis, type Point, type Quaternion, times, turnedPoint } from '../../../mujoco/rotations.ts'
import type { Drawn, Errand } from '../errand.ts'
import { HINGES, LINKS } from '../figures.ts'
import { HANDS } from '../scene.ts'

type Names = (name: string) => number
type State = ArrayLike<number>

/** From the tip that a hand hangs on to its mount. */
export const SPINE = [
  'ff_distal',
  'ff_middle',
  'ff_proximal',
  'ff_knuckle',
  'palm',
  'wrist',
  'forearm',
  'mount',
] as const

/** @param names where an entry of the state is */
export const handsPose =
  (errand: Errand, names: Names) =>
  (state: State): number[] => [
    ...HANDS.flatMap((hand) => handPose(hand, state, names)),
    ...objectPose(errand, state, names),
  ]

function handPose(hand: string, state: State, names: Names): number[] {
  const angles = new Map(HINGES.map(({ name, range: [low, high] }) => [name, angleOf(name, low, high)]))
  function angleOf(name: string, low: number, high: number): number {
    return (low + high + (high - low) * state[names(`${hand}_${name}_angle`)]!) / 2
  }
  let [place, turn]: [Point, Quaternion] = [
    [0, 0, 0],
    [1, 0, 0, 0],
  ]
  for (const name of SPINE.slice(0, -1).toReversed()) {
    const { at, hinge } = LINKS.find((link) => link.name === name)!
    place = sum(place, turnedPoint(turn, at))
    if (hinge) turn = times(turn, aboutAxis(hinge.axis, angles.get(hinge.name)!))
  }
  const tip = frameOf(`${hand}_ff`, state, names)
  const [w, x, y, z] = turn
  const mount = times(tip.turn, [w, -x, -y, -z])
  const at = sum(tip.place, turnedPoint(mount, place), -1)
  return [...at, ...mount, ...angles.values()]
}

function objectPose({ loose, drawn, coordinates }: Errand, state: State, names: Names): number[] {
  const { place, turn } = frameOf('object', state, names)
  const moved = drawn.flatMap((one) => (one ? [coordinateFrom(one, state, names)] : []))
  const free = loose > 0 ? [...place, ...turn] : []
  const rest = coordinates.qpos.length - free.length - moved.length
  return [...free, ...moved, ...Array<number>(rest).fill(0)]
}

function coordinateFrom(drawn: Drawn, state: State, names: Names): number {
  const along = (name: string, axis: number) => state[names(`${name}_x`) + axis]!
  if (drawn.kind === 'slide') {
    const [a, b] = drawn.between
    const square = [0, 1, 2].reduce((total, axis) => total + (along(a, axis) - along(b, axis)) ** 2, 0)
    return Math.sqrt(Math.max(0, square - drawn.beside ** 2)) - drawn.apart
  }
  const { seen, about, bearing, sense } = drawn
  const turned = Math.atan2(along(seen, 1) - about[1], along(seen, 0) - about[0]) - bearing
  return sense * Math.atan2(Math.sin(turned), Math.cos(turned))
}

function frameOf(name: string, state: State, names: Names): { place: Point; turn: Quaternion } {
  const [p, q] = [names(`${name}_x`), names(`${name}_orientation_x`)]
  const [x, y, z, w] = [0, 1, 2, 3].map((i) => state[q + i]!) as [number, number, number, number]
  const length = Math.hypot(w, x, y, z) || 1 // imagined ones are not of length 1
  return {
    place: [state[p]!, state[p + 1]!, state[p + 2]!],
    turn: [w / length, x / length, y / length, z / length],
  }
}

const sum = (a: Point, b: Point, scale = 1): Point => [
  a[0] + scale * b[0],
  a[1] + scale * b[1],
  a[2] + scale * b[2],
]
