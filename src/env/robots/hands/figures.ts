// The figures of the hand: a right hand of 26 bodies with 24 hinges, 20 of them driven. Lengths in m in the axes of the
// parent, z towards the fingertips, the palm facing -y; kg, rad, N m. They are those of the Shadow hand as the tasks
// have it (its joint J0 of each finger follows J1 by a tendon).
import type { Point } from '../../mujoco/rotations.ts'

export interface Hinge {
  readonly name: string
  readonly axis: Point
  readonly range: readonly [low: number, high: number]
  /** Of the servo that holds it at an angle: N m/rad, and the torque it has at most. Absent: a tendon moves it. */
  readonly servo?: { readonly gain: number; readonly limit: number }
}

export type Solid =
  | {
      readonly kind: 'capsule'
      readonly radius: number
      readonly half: number
      readonly at: Point
      readonly across?: true
    }
  | { readonly kind: 'box'; readonly half: Point; readonly at: Point }

export interface Link {
  readonly name: string
  readonly parent?: string
  readonly at: Point
  /** About y. */
  readonly turn?: number
  readonly mass: number
  readonly centre: Point
  /** About the centre of mass, x, y, z: kg m^2. */
  readonly inertia: Point
  readonly hinge?: Hinge
  readonly solids: readonly Solid[]
}

const X: Point = [1, 0, 0]
const Y: Point = [0, 1, 0]
const ORIGIN: Point = [0, 0, 0]
const SMALL: Point = [1e-5, 1e-5, 1e-5]
const MIDDLING: Point = [1e-3, 1e-3, 1e-3]
const QUARTER = 1.571

const up = (z: number): Point => [0, 0, z]
const rod = (radius: number, half: number, z = half): Solid => ({ kind: 'capsule', radius, half, at: up(z) })

type Servo = [gain: number, limit: number]

function hinge(name: string, axis: Point, low: number, high: number, servo?: Servo): Hinge {
  const range = [low, high] as const
  return servo ? { name, axis, range, servo: { gain: servo[0], limit: servo[1] } } : { name, axis, range }
}

/** Knuckle, which spreads it, and three links, which bend. */
function finger(name: string, parent: string, at: Point): Link[] {
  const joint = name.toUpperCase()
  const bend = (i: number, servo?: Servo) => hinge(`${joint}J${i}`, X, 0, QUARTER, servo)
  const link = (
    part: string,
    on: string,
    z: number,
    mass: number,
    centre: number,
    bends: Hinge,
    solid: Solid,
  ): Link => ({
    name: `${name}_${part}`,
    parent: on,
    at: up(z),
    mass,
    centre: up(centre),
    inertia: SMALL,
    hinge: bends,
    solids: [solid],
  })
  return [
    {
      name: `${name}_knuckle`,
      parent,
      at,
      mass: 0.008,
      centre: ORIGIN,
      inertia: SMALL,
      hinge: hinge(`${joint}J3`, Y, -0.349, 0.349, [1, 0.9]),
      solids: [],
    },
    link('proximal', `${name}_knuckle`, 0, 0.014, 0.023, bend(2, [1, 0.9]), rod(0.01, 0.0225)),
    link('middle', `${name}_proximal`, 0.045, 0.012, 0.012, bend(1, [1, 0.7245]), rod(0.00805, 0.0125)),
    link('distal', `${name}_middle`, 0.025, 0.01, 0.015, bend(0), rod(0.00705, 0.012)),
  ]
}

const wrist: Link[] = [
  { name: 'mount', at: ORIGIN, mass: 0.1, centre: ORIGIN, inertia: MIDDLING, solids: [] },
  {
    name: 'forearm',
    parent: 'mount',
    at: [0, 0.01, 0],
    mass: 4,
    centre: [0.001, -0.002, 0.29],
    inertia: [0.01, 0.01, 0.0075],
    // The original is a mesh; this is its size.
    solids: [{ kind: 'capsule', radius: 0.05, half: 0.07, at: [0, 0, 0.125] }],
  },
  {
    name: 'wrist',
    parent: 'forearm',
    at: up(0.256),
    mass: 0.3,
    centre: [0.003, 0, 0.016],
    inertia: MIDDLING,
    hinge: hinge('WRJ1', Y, -0.489, 0.14, [5, 4.785]),
    solids: [{ kind: 'capsule', radius: 0.015, half: 0.01, at: ORIGIN, across: true }],
  },
  {
    name: 'palm',
    parent: 'wrist',
    at: up(0.034),
    mass: 0.3,
    centre: [0.006, 0, 0.036],
    inertia: MIDDLING,
    hinge: hinge('WRJ0', X, -0.698, 0.489, [5, 2.175]),
    solids: [
      { kind: 'box', half: [0.032, 0.0111, 0.049], at: [0.011, 0, 0.038] },
      { kind: 'box', half: [0.011, 0.0111, 0.025], at: [-0.032, 0, 0.014] },
    ],
  },
]

const metacarpal: Link = {
  name: 'lf_metacarpal',
  parent: 'palm',
  at: [-0.017, 0, 0.044],
  mass: 0.075,
  centre: [-0.014, 0.001, 0.014],
  inertia: SMALL,
  hinge: hinge('LFJ4', [0.571, 0, 0.821], 0, 0.785, [1, 0.9]),
  solids: [{ kind: 'box', half: [0.0095, 0.0111, 0.025], at: [-0.0165, 0, 0.01] }],
}

function thumbLink(
  name: string,
  [parent, at]: [string, Point],
  [mass, centre]: [number, number],
  joint: Hinge,
  solids: Solid[],
): Link {
  return { name: `th_${name}`, parent, at, mass, centre: up(centre), inertia: SMALL, hinge: joint, solids }
}

const thumb: Link[] = [
  {
    ...thumbLink(
      'base',
      ['palm', [0.034, -0.009, 0.029]],
      [0.01, 0],
      hinge('THJ4', [0, 0, -1], -1.047, 1.047, [1, 2.3722]),
      [],
    ),
    turn: 0.785,
  },
  thumbLink('proximal', ['th_base', ORIGIN], [0.016, 0.017], hinge('THJ3', X, 0, 1.222, [1, 1.45]), [
    rod(0.013, 0.019),
  ]),
  thumbLink('hub', ['th_proximal', up(0.038)], [0.002, 0], hinge('THJ2', X, -0.209, 0.209, [1, 0.99]), []),
  thumbLink('middle', ['th_hub', ORIGIN], [0.016, 0.016], hinge('THJ1', Y, -0.524, 0.524, [1, 0.99]), [
    rod(0.011, 0.016),
  ]),
  thumbLink('distal', ['th_middle', up(0.032)], [0.016, 0.016], hinge('THJ0', Y, -QUARTER, 0, [1, 0.81]), [
    rod(0.00918, 0.013),
  ]),
]

/** In the order of the bodies; parents come before their children. */
export const LINKS: readonly Link[] = [
  ...wrist,
  ...finger('ff', 'palm', [0.033, 0, 0.095]),
  ...finger('mf', 'palm', [0.011, 0, 0.099]),
  ...finger('rf', 'palm', [-0.011, 0, 0.095]),
  metacarpal,
  ...finger('lf', 'lf_metacarpal', [-0.017, 0, 0.044]),
  ...thumb,
]

/** In the order of the joints. */
export const HINGES: readonly Hinge[] = LINKS.flatMap(({ hinge }) => hinge ?? [])

/** Places among `HINGES` of those with a servo, in the order of the controls. */
export const SERVOS: readonly number[] = [...HINGES.keys()].filter((i) => HINGES[i]!.servo)

/** First to little finger, then the thumb. */
export const FINGERS = ['ff', 'mf', 'rf', 'lf', 'th'] as const

/** Links that touch each other at rest although neither is the other's parent: nobody means them to collide. */
export const NEIGHBOURS: readonly (readonly [string, string])[] = [
  ...['ff', 'mf', 'rf'].map((name) => ['palm', `${name}_proximal`] as const),
  ['palm', 'lf_knuckle'],
  ['palm', 'lf_proximal'],
  ['lf_metacarpal', 'lf_proximal'],
  ['lf_metacarpal', 'rf_proximal'],
  ['palm', 'th_proximal'],
  ['th_proximal', 'th_middle'],
  ['forearm', 'palm'],
]
