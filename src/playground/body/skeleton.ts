// Forward kinematics: a state and a place on the ground in, the ends of the capsules in the world out. As MuJoCo's
// documentation has it ("Kinematic tree"): joints move their body in their order, a hinge about its anchor.
import type { Body, Joint } from './body.ts'
import { about, addTurned, multiply, normalise } from './rotation.ts'

/** Numbers of a shape: both ends. */
export const ENDS = 6

export class Skeleton {
  readonly body: Body
  private readonly joints: Joint[][] // by body
  private readonly places: Float64Array[] // [3] of each body
  private readonly turns: Float64Array[] // [4] of each body
  private readonly turn = new Float64Array(4)

  constructor(body: Body) {
    this.body = body
    this.joints = body.bodies.map((_, i) => body.joints.filter((joint) => joint.body === i))
    this.places = body.bodies.map(() => new Float64Array(3))
    this.turns = body.bodies.map(() => new Float64Array(4))
  }

  /** Numbers that a pose has, [shapes, 6]: where each capsule begins and ends, metres. */
  get length(): number {
    return ENDS * this.body.shapes.length
  }

  /** @param state [S] in environment units @param out written from `offset` on, `length` numbers */
  pose(state: ArrayLike<number>, x: number, y: number, out: Float32Array | Float64Array, offset = 0): void {
    for (let i = 0; i < this.places.length; i++) this.placeBody(i, state, x, y)
    const { shapes } = this.body
    for (let i = 0; i < shapes.length; i++) {
      const { body, from, to } = shapes[i]!
      const at = offset + ENDS * i
      for (let axis = 0; axis < 3; axis++) out[at + axis] = out[at + 3 + axis] = this.places[body]![axis]!
      addTurned(out, at, this.turns[body]!, from)
      addTurned(out, at + 3, this.turns[body]!, to)
    }
  }

  private placeBody(i: number, state: ArrayLike<number>, x: number, y: number): void {
    const { parent, position, rotation } = this.body.bodies[i]!
    const [place, turn] = [this.places[i]!, this.turns[i]!]
    if (parent < 0) {
      place.set(position)
      turn.set(rotation)
    } else {
      place.set(this.places[parent]!)
      addTurned(place, 0, this.turns[parent]!, position)
      multiply(turn, this.turns[parent]!, rotation)
    }
    normalise(turn)
    for (const joint of this.joints[i]!) this.move(joint, place, turn, state, x, y)
  }

  private move(
    joint: Joint,
    place: Float64Array,
    turn: Float64Array,
    state: ArrayLike<number>,
    x: number,
    y: number,
  ): void {
    const value = (k: number) => coordinate(this.body, joint.coordinate + k, state, x, y)
    if (joint.kind === 'free') {
      for (let k = 0; k < 3; k++) place[k] = value(k)
      for (let k = 0; k < 4; k++) turn[k] = value(3 + k)
      normalise(turn) // imagined ones are not of length 1
      return
    }
    const way = value(0) - joint.rest
    if (joint.kind === 'slide') {
      addTurned(place, 0, turn, joint.axis, way)
      return
    }
    addTurned(place, 0, turn, joint.position)
    about(this.turn, joint.axis, way)
    multiply(turn, turn, this.turn)
    addTurned(place, 0, turn, joint.position, -1)
  }
}

function coordinate(
  { coordinates }: Body,
  k: number,
  state: ArrayLike<number>,
  x: number,
  y: number,
): number {
  const of = coordinates[k]!
  if (typeof of === 'number') return state[of]!
  if (typeof of === 'string') return of === 'x' ? x : y
  if ('entry' in of) return of.scale * state[of.entry]! + of.offset
  if ('bearing' in of)
    return of.sense * Math.atan2(state[of.bearing + 1]! - of.about[1], state[of.bearing]! - of.about[0])
  const [a, b] = of.apart
  const square = [0, 1, 2].reduce((sum, axis) => sum + (state[a + axis]! - state[b + axis]!) ** 2, 0)
  return Math.sqrt(Math.max(0, square - of.beside ** 2))
}
