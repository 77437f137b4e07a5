// Where each hand stands among the bodies, coordinates and controls of a scene, and among the actions.
import { FINGERS, HINGES, LINKS, SERVOS } from './figures.ts'
import { HANDS } from './scene.ts'

const FREE = { qpos: 7, qvel: 6 }
/** Of an agent's action: force x, y, z, torque x, y, z, then a target for each servo. */
export const WRENCH = 6
export const ACTION = WRENCH + SERVOS.length

const place = (name: string): number => LINKS.findIndex((link) => link.name === name)

export interface HandPlace {
  readonly mount: number
  readonly forearm: number
  readonly palm: number
  /** Distal links, `FINGERS` in order. */
  readonly tips: readonly number[]
  /** First of its hinges in qpos and qvel, of all its velocities, of its controls, and of its actions. */
  readonly qpos: number
  readonly qvel: number
  readonly free: number
  readonly control: number
  readonly action: number
}

/** Right, left. */
export const PLACES: readonly HandPlace[] = HANDS.map((_, hand) => {
  const body = 1 + hand * LINKS.length
  const free = hand * (FREE.qvel + HINGES.length)
  return {
    mount: body,
    forearm: body + place('forearm'),
    palm: body + place('palm'),
    tips: FINGERS.map((finger) => body + place(`${finger}_distal`)),
    qpos: hand * (FREE.qpos + HINGES.length) + FREE.qpos,
    qvel: free + FREE.qvel,
    free,
    control: hand * SERVOS.length,
    action: hand * ACTION,
  }
})

/** What stands behind the hands: the object's first body, coordinate and velocity. */
export const OBJECT = {
  body: 1 + HANDS.length * LINKS.length,
  qpos: HANDS.length * (FREE.qpos + HINGES.length),
  qvel: HANDS.length * (FREE.qvel + HINGES.length),
}
