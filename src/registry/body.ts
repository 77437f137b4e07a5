// body.json of a bundle: what is drawn of a model's robot (env/mujoco/body-tree.ts says what its parts mean). A bundle
// without it can be served, but not be looked at.
import Type, { type Static } from 'typebox'
import { MOST } from './limits.ts'

const strict = { additionalProperties: false }
const tuple = (length: number) => Type.Array(Type.Number(), { minItems: length, maxItems: length })
const Point = tuple(3)
const MOST_PARTS = 1024
const index = (least = 0) => Type.Integer({ minimum: least, maximum: MOST_PARTS })
const StateEntry = Type.Integer({ minimum: 0, maximum: MOST.entries })
const Pair = tuple(2)
const Coordinate = Type.Union([
  StateEntry,
  Type.Literal('x'),
  Type.Literal('y'),
  Type.Object({ entry: StateEntry, scale: Type.Number(), offset: Type.Number() }, strict),
  Type.Object(
    { apart: Type.Array(StateEntry, { minItems: 2, maxItems: 2 }), beside: Type.Number({ minimum: 0 }) },
    strict,
  ),
  Type.Object({ bearing: StateEntry, about: Pair, sense: Type.Enum([1, -1]) }, strict),
])
type Coordinate = Static<typeof Coordinate>

export const Body = Type.Object(
  {
    view: Type.Enum(['side', 'oblique']),
    widthMetres: Type.Number({ exclusiveMinimum: 0 }),
    stepSeconds: Type.Number({ exclusiveMinimum: 0 }),
    bodies: Type.Array(Type.Object({ parent: index(-1), position: Point, rotation: tuple(4) }, strict), {
      minItems: 1,
      maxItems: MOST_PARTS,
    }),
    joints: Type.Array(
      Type.Object(
        {
          body: index(),
          kind: Type.Enum(['free', 'slide', 'hinge']),
          position: Point,
          axis: Point,
          coordinate: index(),
          rest: Type.Number(),
        },
        strict,
      ),
      { maxItems: MOST_PARTS },
    ),
    shapes: Type.Array(
      Type.Object(
        {
          body: index(),
          from: Point,
          to: Point,
          radius: Type.Number({ exclusiveMinimum: 0 }),
          limb: index(),
          depth: index(),
          far: Type.Boolean(),
        },
        strict,
      ),
      { minItems: 1, maxItems: MOST_PARTS },
    ),
    coordinates: Type.Array(Coordinate, { maxItems: MOST_PARTS }),
    travel: Type.Object({ x: Type.Optional(StateEntry), y: Type.Optional(StateEntry) }, strict),
    camera: Type.Optional(
      Type.Object({ focus: Point, azimuth: Type.Number(), elevation: Type.Number() }, strict),
    ),
  },
  strict,
)
export type Body = Static<typeof Body>

/** Those of the state that it is made of: of a point the last. */
function entriesOf(coordinate: Coordinate): number[] {
  if (typeof coordinate === 'number') return [coordinate]
  if (typeof coordinate === 'string') return []
  if ('entry' in coordinate) return [coordinate.entry]
  if ('apart' in coordinate) return coordinate.apart.map((first) => first + 2)
  return [coordinate.bearing + 1]
}

/** Why a body does not fit a state of so many entries, in words, or undefined. */
export function wrongBody(
  { bodies, joints, shapes, coordinates, travel }: Body,
  entries: number,
): string | undefined {
  const orphan = bodies.findIndex(({ parent }, i) => parent >= i)
  if (orphan >= 0) return `body ${orphan} comes before its parent`
  for (const [i, { body, kind, coordinate }] of joints.entries()) {
    if (body >= bodies.length) return `joint ${i} moves a body that is not there`
    if (coordinate + (kind === 'free' ? 7 : 1) > coordinates.length) return `joint ${i} has no coordinate`
  }
  const loose = shapes.findIndex(({ body }) => body >= bodies.length)
  if (loose >= 0) return `shape ${loose} is of a body that is not there`
  const used = [...coordinates.flatMap(entriesOf), ...Object.values(travel)]
  const beyond = used.find((entry) => entry >= entries)
  return beyond === undefined ? undefined : `the state has no entry ${beyond}`
}
