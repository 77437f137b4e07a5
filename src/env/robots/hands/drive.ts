// How the hands are driven: a force and a torque on each forearm in the axes of the world, targets for the servos, and the
// drag of links in air that is thick for them alone: 100 times their momentum a second. It acts on the inertia of the
// links, not on that of the motors (armature), so it is `-100 (M - armature) v` in joint space.

import type { Simulation } from '../../mujoco/simulation.ts'
import type { Drive } from '../body.ts'
import { clamp } from '../clamp.ts'
import { HINGES, SERVOS } from './figures.ts'
import { OBJECT, PLACES, WRENCH } from './layout.ts'

/** 1/s */
const DRAG = 100
const GRAVITY = 9.81

export interface Strength {
  /** N an axis at an action of 1. */
  readonly force: number
  /** N m an axis at an action of 1. */
  readonly torque: number
}

/** @param loose how many bodies of the object, from its first on, have a weight */
export function handsDrive({ force, torque }: Strength, loose: number): Drive {
  return {
    begin(simulation, action) {
      const [ctrl, wrenches] = [simulation.ctrl, simulation.dataArray('xfrc_applied')]
      for (const { forearm, control, action: from } of PLACES) {
        for (let i = 0; i < WRENCH; i++)
          wrenches[WRENCH * forearm + i] = clamp(action[from + i]!, 1) * (i < 3 ? force : torque)
        for (let i = 0; i < SERVOS.length; i++)
          ctrl[control + i] = target(i, clamp(action[from + WRENCH + i]!, 1))
      }
      for (let body = OBJECT.body; body < OBJECT.body + loose; body++)
        wrenches[WRENCH * body + 2] = -GRAVITY * simulation.modelArray('body_mass')[body]!
    },
    forces: drag,
  }
}

/** rad, of an action in -1 .. 1: the ends of its range. */
function target(servo: number, action: number): number {
  const [low, high] = HINGES[SERVOS[servo]!]!.range
  return low + ((action + 1) / 2) * (high - low)
}

/** MuJoCo keeps the lower half of the inertia matrix by rows: what stands beside the diagonal counts for both. */
function drag(simulation: Simulation): void {
  const { qvel } = simulation
  const forces = simulation.dataArray('qfrc_applied')
  const inertia = simulation.dataArray('M')
  const [first, count, columns] = ['M_rowadr', 'M_rownnz', 'M_colind'].map((name) =>
    simulation.modelArray(name),
  )
  const armature = simulation.modelArray('dof_armature')
  const end = OBJECT.qvel
  for (let i = 0; i < end; i++) forces[i] = DRAG * armature[i]! * qvel[i]!
  for (let i = 0; i < end; i++) {
    const own = DRAG * qvel[i]!
    let sum = 0
    for (let k = first![i]!; k < first![i]! + count![i]!; k++) {
      const j = columns![k]!
      sum += inertia[k]! * qvel[j]!
      if (j !== i) forces[j]! -= inertia[k]! * own
    }
    forces[i]! -= DRAG * sum
  }
}
