// What MuJoCo's next step depends on (mjSTATE_INTEGRATION), as far as our models have it. It is copied by live views: MuJoCo's
// own mj_getState and mj_setState take 15 times as long through the bindings. Time is left out, which nothing reads, and
// switches of constraints, which nothing turns.
import type { Body } from '../robots/body.ts'
import type { Simulation } from './simulation.ts'

/** By their names in mjData. */
const ARRAYS = [
  'qpos',
  'qvel',
  'act',
  'qacc_warmstart',
  'ctrl',
  'qfrc_applied',
  'xfrc_applied',
  'mocap_pos',
  'mocap_quat',
  'userdata',
] as const
const WRENCH = 6

/** Of a body without activations, mocap bodies and user data, which none of ours has. */
export function integrationSizeOf({ coordinates: { qpos, qvel }, counts }: Body): number {
  return qpos.length + 3 * qvel.length + counts.controls + WRENCH * counts.bodies
}

export class IntegrationState {
  private readonly simulation: Simulation
  private readonly names: readonly string[]

  constructor(simulation: Simulation) {
    this.simulation = simulation
    this.names = ARRAYS.filter((name) => simulation.dataArray(name).length > 0)
  }

  /** Returns the place behind what it wrote. */
  save(target: Float64Array, offset: number): number {
    let end = offset
    for (const name of this.names) {
      const values = this.simulation.dataArray(name)
      target.set(values, end)
      end += values.length
    }
    return end
  }

  /** Returns the place behind what it read. */
  load(source: Float64Array, offset: number): number {
    let end = offset
    for (const name of this.names) {
      const values = this.simulation.dataArray(name)
      copy(source, end, values)
      end += values.length
    }
    return end
  }
}

export function copy(
  source: ArrayLike<number>,
  offset: number,
  target: { length: number; [i: number]: number },
): void {
  for (let i = 0; i < target.length; i++) target[i] = source[offset + i]!
}
