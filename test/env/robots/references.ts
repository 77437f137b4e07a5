// The originals' numbers under the same engine (test/data) beside our robots.
import { readFileSync } from 'node:fs'
import { resolveTask } from '../../../src/env/make-env.ts'
import { createSimulation } from '../../../src/env/mujoco/simulation.ts'
import type { MujocoTask } from '../../../src/env/mujoco/task.ts'
import { World } from '../../../src/env/mujoco/world.ts'
import { ant } from '../../../src/env/robots/ant.ts'
import { antXml } from '../../../src/env/robots/ant-model.ts'
import { halfCheetah } from '../../../src/env/robots/half-cheetah.ts'
import { walker2d } from '../../../src/env/robots/walker2d.ts'

export interface Trajectory {
  seed: number
  start: { qpos: number[]; qvel: number[] }
  digests: { t: number; sha256: string }[]
  steps: {
    t: number
    reward: number
    terminated: boolean
    /** The state without the contact forces, or else MuJoCo's coordinates. */
    S?: number[]
    qpos?: number[]
    qvel?: number[]
  }[]
}

export interface Reference {
  frameSkip: number
  timestep: number
  /** Of the compiled model, by name. */
  arrays: Record<string, number[]>
  fromRest: Trajectory
  fromNoise: Trajectory
  ctrlPlusOne: Trajectory
}

export const robots = {
  HalfCheetah: {
    task: resolveTask('HalfCheetah-2x3'),
    body: halfCheetah.body,
    reference: read('half-cheetah'),
  },
  Ant: { task: resolveTask('Ant-4x2'), body: ant.body, reference: read('ant') },
  Walker2d: { task: resolveTask('Walker2d-2x3'), body: walker2d.body, reference: read('walker2d') },
}
export const robotNames = Object.keys(robots) as (keyof typeof robots)[]

/** What the contact margins of old versions of MuJoCo amount to. */
export const antOnThinFloor = {
  task: { ...robots.Ant.task, xml: antXml({ inertia: 'modern', floorMargin: 0 }) },
  reference: read('ant-floor-margin-0'),
}

export const createWorld = async (task: MujocoTask): Promise<World> =>
  new World(task, await createSimulation(task.xml))

function read(name: string): Reference {
  return JSON.parse(readFileSync(new URL(`../../data/${name}.json`, import.meta.url), 'utf8'))
}
