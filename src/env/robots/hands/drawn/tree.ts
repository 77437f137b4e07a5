// The hands and what they hold as a tree that a state moves. A state tells where the fingertips are, not the forearms: the
// tree of a hand hangs on the tip of its first finger, with the joints from there to the mount turned round.
import type { BodyTree, Placed, Point, TreeParts } from '../../../mujoco/body-tree.ts'
import type { Simulation } from '../../../mujoco/simulation.ts'
import type { Errand } from '../errand.ts'
import { HINGES, LINKS } from '../figures.ts'
import { OBJECT } from '../layout.ts'
import { HANDS } from '../scene.ts'
import { capsulesOf } from './capsules.ts'
import { SPINE } from './pose.ts'

type Names = (name: string) => number

const STRAIGHT: [number, number, number, number] = [1, 0, 0, 0]

/** @param names where an entry of the state is */
export function handsTree(simulation: Simulation, errand: Errand, names: Names): TreeParts {
  const tree = new Tree(simulation, names)
  HANDS.forEach((hand, i) => {
    tree.addHand(hand, 1 + i * LINKS.length)
  })
  for (let body = OBJECT.body; body < OBJECT.body + errand.bodies; body++) tree.addObject(body, errand)
  return tree.parts()
}

class Tree {
  private readonly simulation: Simulation
  private readonly names: Names
  private readonly bodies: BodyTree['bodies'] = []
  private readonly joints: BodyTree['joints'] = []
  private readonly coordinates: Placed[] = []
  /** Of a body of the model here. */
  private readonly places = new Map<number, number>()

  constructor(simulation: Simulation, names: Names) {
    this.simulation = simulation
    this.names = names
  }

  parts(): TreeParts {
    const shapes = capsulesOf(this.simulation).map((shape) => ({
      ...shape,
      body: this.places.get(shape.body)!,
    }))
    return { bodies: this.bodies, joints: this.joints, shapes, coordinates: this.coordinates, travel: {} }
  }

  addHand(hand: string, first: number): void {
    const number = (link: string) => first + LINKS.findIndex(({ name }) => name === link)
    this.addBody(number(SPINE[0]!), -1)
    this.addFree(`${hand}_ff`)
    SPINE.slice(1).forEach((link, i) => {
      const below = LINKS.find(({ name }) => name === SPINE[i])!
      this.addBody(number(link), this.places.get(number(below.name))!, negative(below.at))
      if (below.hinge) this.addHinge(hand, below.hinge.name, negative(below.hinge.axis), below.at)
    })
    LINKS.forEach(({ name, parent, hinge }, i) => {
      if ((SPINE as readonly string[]).includes(name)) return
      this.addBody(first + i, this.places.get(number(parent!))!)
      if (hinge) this.addHinge(hand, hinge.name, hinge.axis, [0, 0, 0])
    })
  }

  addObject(body: number, errand: Errand): void {
    const parent = this.simulation.modelArray('body_parentid')[body]!
    this.addBody(body, this.places.get(parent) ?? -1)
    if (errand.loose > 0 && body === OBJECT.body) this.addFree('object')
    const moved = errand.drawn[body - OBJECT.body]
    if (!moved) return
    const joint = this.simulation.modelArray('body_jntadr')[body]!
    const axis = this.part('jnt_axis', joint, 3) as Point
    const at = this.bodies.length - 1
    if (moved.kind === 'slide') {
      const [from, to] = moved.between.map((name) => this.names(`${name}_x`)) as [number, number]
      const coordinate = this.addCoordinate({ apart: [from, to], beside: moved.beside })
      const rest = moved.apart
      this.joints.push({ body: at, kind: 'slide', position: [0, 0, 0], axis, coordinate, rest })
      return
    }
    const { seen, about, bearing, sense } = moved
    const coordinate = this.addCoordinate({ bearing: this.names(`${seen}_x`), about: [...about], sense })
    const rest = sense * bearing
    this.joints.push({ body: at, kind: 'hinge', position: [0, 0, 0], axis, coordinate, rest })
  }

  private part(name: string, index: number, size: number): number[] {
    return [...this.simulation.modelArray(name).slice(size * index, size * index + size)]
  }

  private addBody(body: number, parent: number, turnedRound?: Point): void {
    this.places.set(body, this.bodies.length)
    this.bodies.push({
      parent,
      position: turnedRound ?? (this.part('body_pos', body, 3) as Point),
      rotation: turnedRound ? STRAIGHT : (this.part('body_quat', body, 4) as typeof STRAIGHT),
    })
  }

  private addCoordinate(...places: Placed[]): number {
    return this.coordinates.push(...places) - places.length
  }

  /** Where the state has the frame of a body: position, then quaternion x, y, z, w. */
  private addFree(name: string): void {
    const [x, q] = [this.names(`${name}_x`), this.names(`${name}_orientation_x`)]
    const coordinate = this.addCoordinate(x, x + 1, x + 2, q + 3, q, q + 1, q + 2)
    const body = this.bodies.length - 1
    this.joints.push({ body, kind: 'free', position: [0, 0, 0], axis: [0, 0, 1], coordinate, rest: 0 })
  }

  /** A state has an angle as a share of its range. */
  private addHinge(hand: string, name: string, axis: readonly number[], position: readonly number[]): void {
    const [low, high] = HINGES.find((hinge) => hinge.name === name)!.range
    const entry = this.names(`${hand}_${name}_angle`)
    const coordinate = this.addCoordinate({ entry, scale: (high - low) / 2, offset: (high + low) / 2 })
    const length = Math.hypot(...axis)
    const unit = axis.map((value) => value / length) as Point
    const body = this.bodies.length - 1
    this.joints.push({
      body,
      kind: 'hinge',
      position: [...position] as Point,
      axis: unit,
      coordinate,
      rest: 0,
    })
  }
}

const negative = (point: readonly number[]): Point => point.map((value) => 0 - value) as Point
