// What the Python client draws robots from: their bodies, joints and colours, read from MuJoCo's compiled models.
//
//   npm run bodies
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolveTask, taskNames } from '../../src/env/make-env.ts'
import { type Link, linksOf } from '../../src/env/mujoco/links.ts'
import { createSimulation, type Simulation } from '../../src/env/mujoco/simulation.ts'
import type { MujocoTask } from '../../src/env/mujoco/task.ts'
import { poseOf } from '../../src/env/robots/goal.ts'
import { paintOf } from '../../src/render/palette.ts'

export const FILE = resolve(import.meta.dirname, '../../clients/python/dima/drawing/bodies.json')

/** Robots by name, one task of each. */
const tasks = new Map(taskNames.map((name) => [resolveTask(name).body.name, resolveTask(name)]))

export async function bodiesText(): Promise<string> {
  const lines = await Promise.all(
    [...tasks].map(async ([name, task]) => {
      return `"${name}": ${JSON.stringify(await drawn(task), rounded)}`
    }),
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

async function drawn(task: MujocoTask) {
  const {
    body: { view },
    goal: { stateNames },
  } = task
  const simulation = await createSimulation(task.xml)
  const links = linksOf(simulation, view.kind === 'side')
  const bodies = [...simulation.modelArray('body_parentid')].map((parent, body) => ({
    parent,
    position: part(simulation, 'body_pos', body, 3),
    quaternion: part(simulation, 'body_quat', body, 4),
    joints: jointsOf(simulation, body),
    shapes: shapesOf(simulation, body, links),
  }))
  simulation.close()
  return { state: stateNames, ...coordinatesOf(task), view, bodies: bodies.slice(1) } // 0 is the world
}

/** Where coordinates and the velocities along x and y stand in a state; x and y themselves are in none. */
function coordinatesOf({ spec, body: { view }, goal }: MujocoTask) {
  const { qpos, qvel } = poseOf(spec.name, goal)(
    goal.stateNames.map((_, i) => i),
    [-1, -2],
  )
  const places = qpos.map((place) => (place < 0 ? 'xy'[-1 - place] : place))
  const velocities = view.kind === 'side' ? [qvel[0]] : qvel.slice(0, 2)
  return { coordinates: places, velocities, stepSeconds: spec.stepSeconds }
}

/** As MuJoCo numbers them in mjtJoint; a ball has none of our robots. */
const JOINTS = ['free', undefined, 'slide', 'hinge']

function jointsOf(simulation: Simulation, body: number) {
  const first = simulation.modelArray('body_jntadr')[body]!
  const count = simulation.modelArray('body_jntnum')[body]!
  return Array.from({ length: count }, (_, i) => {
    const joint = first + i
    const type = JOINTS[simulation.modelArray('jnt_type')[joint]!]
    if (!type) throw new Error(`joint ${joint} is none that the Python client can move`)
    const coordinate = simulation.modelArray('jnt_qposadr')[joint]!
    return {
      type,
      coordinate,
      rest: simulation.modelArray('qpos0')[coordinate]!,
      axis: part(simulation, 'jnt_axis', joint, 3),
      anchor: part(simulation, 'jnt_pos', joint, 3),
    }
  })
}

function shapesOf(simulation: Simulation, body: number, links: ReadonlyMap<number, Link>) {
  return [...links].flatMap(([geom, { limb, depth, far }]) => {
    if (simulation.modelArray('geom_bodyid')[geom] !== body) return []
    const [radius, half] = part(simulation, 'geom_size', geom, 3) as [number, number] // of a sphere half is 0
    return {
      centre: part(simulation, 'geom_pos', geom, 3),
      quaternion: part(simulation, 'geom_quat', geom, 4),
      radius,
      half,
      limb,
      far,
      ...paintOf({ limb, depth, far }),
    }
  })
}

const part = (simulation: Simulation, name: string, index: number, size: number): number[] => [
  ...simulation.modelArray(name).slice(size * index, size * index + size),
]

/** Short, and the same on every machine. */
const rounded = (_: string, value: unknown) =>
  typeof value === 'number' ? Number(value.toPrecision(12)) : value

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await writeFile(FILE, await bodiesText())
