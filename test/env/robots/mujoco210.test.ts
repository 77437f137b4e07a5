// physics=mujoco210: the masses and inertias that MuJoCo 2.1.0 gave to capsules, computed here from the geoms.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSimulation, type Simulation } from '../../../src/env/mujoco/simulation.ts'
import { robotNames, robots } from './references.ts'

type Vector = [number, number, number]
type Matrix = [Vector, Vector, Vector]
interface Part {
  mass: number
  centre: Vector
  inertia: Matrix
}

const CAPSULE = 3
const DENSITIES = { HalfCheetah: undefined, Ant: 5, Walker2d: 1000 }
const TOTALS = { HalfCheetah: 14, Ant: 0.8787102, Walker2d: 22.69801 }

describe.each(robotNames)('%s', (name) => {
  const { body } = robots[name]
  let modern: Simulation
  let old: Simulation
  beforeAll(async () => {
    modern = await createSimulation(body.xml('modern'))
    old = await createSimulation(body.xml('mujoco210'))
  })
  afterAll(() => {
    modern.close()
    old.close()
  })

  test('bodies weigh as their capsules did', () => {
    // The cheetah's density is what makes 14 kg.
    const density = DENSITIES[name] ?? TOTALS[name] / total(bodies(modern, 1))
    bodies(modern, density).forEach((expected, i) => {
      const actual = compiled(old, i + 1)
      expect(actual.mass / expected.mass).toBeCloseTo(1, 5)
      expected.centre.forEach((x, k) => {
        expect(actual.centre[k]).toBeCloseTo(x, 5)
      })
      const scale = Math.max(...expected.inertia.flat())
      expected.inertia.flat().forEach((x, k) => {
        expect(actual.inertia.flat()[k]! / scale).toBeCloseTo(x / scale, 5)
      })
    })
    expect(old.modelArray('body_subtreemass')[0]).toBeCloseTo(TOTALS[name], 5)
  })

  test('differs from today in nothing but masses and the contact margin of the floor', () => {
    const changed = Object.keys(robots[name].reference.arrays).filter(
      (array) => String(modern.modelArray(array)) !== String(old.modelArray(array)),
    )
    const ofMass = /^body_(mass|inertia|ipos|iquat|invweight0|subtreemass)$|^dof_(M0|invweight0)$/
    expect(changed).toContain('body_mass')
    expect(changed.filter((array) => !ofMass.test(array))).toEqual(name === 'Ant' ? ['geom_margin'] : [])
    const [floor, ...others] = old.modelArray('geom_margin')
    expect(floor).toBe(0)
    expect(new Set(others)).toEqual(new Set([name === 'Ant' ? 0.01 : 0]))
  })
})

const total = (parts: Part[]) => parts.reduce((sum, { mass }) => sum + mass, 0)

/** Each body but the world, from its geoms. */
function bodies(simulation: Simulation, density: number): Part[] {
  const owners = [...simulation.modelArray('geom_bodyid')]
  return Array.from({ length: Math.max(...owners) }, (_, i) =>
    combine(owners.flatMap((body, geom) => (body === i + 1 ? [weigh(simulation, geom, density)] : []))),
  )
}

/** A capsule as a cylinder of the half-length h + r / 2; a ball as a ball. */
function weigh(simulation: Simulation, geom: number, density: number): Part {
  const [r, h] = row(simulation, 'geom_size', geom, 3) as Vector
  const isCapsule = simulation.modelArray('geom_type')[geom] === CAPSULE
  const length = 2 * h + r
  const mass = density * Math.PI * (isCapsule ? r ** 2 * length : (4 / 3) * r ** 3)
  const across = isCapsule ? (mass * (3 * r ** 2 + length ** 2)) / 12 : 0.4 * mass * r ** 2
  const along = isCapsule ? (mass * r ** 2) / 2 : across
  return {
    mass,
    centre: row(simulation, 'geom_pos', geom, 3) as Vector,
    inertia: turned([across, across, along], row(simulation, 'geom_quat', geom, 4)),
  }
}

/** Several parts about their common centre of mass (parallel axes). */
function combine(parts: Part[]): Part {
  const mass = total(parts)
  const axes = [0, 1, 2] as const
  const centre = axes.map((k) => parts.reduce((sum, p) => sum + p.mass * p.centre[k], 0) / mass) as Vector
  const entry = (i: 0 | 1 | 2, j: 0 | 1 | 2) =>
    parts.reduce((sum, part) => {
      const d = axes.map((k) => part.centre[k] - centre[k]) as Vector
      const square = i === j ? d[0] ** 2 + d[1] ** 2 + d[2] ** 2 : 0
      return sum + part.inertia[i][j] + part.mass * (square - d[i] * d[j])
    }, 0)
  return { mass, centre, inertia: axes.map((i) => axes.map((j) => entry(i, j))) as Matrix }
}

const compiled = (simulation: Simulation, body: number): Part => ({
  mass: simulation.modelArray('body_mass')[body]!,
  centre: row(simulation, 'body_ipos', body, 3) as Vector,
  inertia: turned(row(simulation, 'body_inertia', body, 3) as Vector, row(simulation, 'body_iquat', body, 4)),
})

const row = (simulation: Simulation, array: string, i: number, width: number): number[] => [
  ...simulation.modelArray(array).slice(i * width, (i + 1) * width),
]

/** The matrix with these principal values along axes turned by the quaternion w, x, y, z. */
function turned(principal: Vector, [w, x, y, z]: number[]): Matrix {
  const [qw, qx, qy, qz] = [w!, x!, y!, z!]
  const r: Matrix = [
    [1 - 2 * (qy * qy + qz * qz), 2 * (qx * qy - qw * qz), 2 * (qx * qz + qw * qy)],
    [2 * (qx * qy + qw * qz), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz - qw * qx)],
    [2 * (qx * qz - qw * qy), 2 * (qy * qz + qw * qx), 1 - 2 * (qx * qx + qy * qy)],
  ]
  return r.map((a) => r.map((b) => a.reduce((sum, v, k) => sum + v * b[k]! * principal[k]!, 0))) as Matrix
}
