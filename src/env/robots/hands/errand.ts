// What the tasks of the hands differ in.

import type { Simulation } from '../../mujoco/simulation.ts'
import type { Coordinate } from '../body.ts'
import type { Strength } from './drive.ts'
import type { Place } from './places.ts'
import type { SceneParts } from './scene.ts'
import type { HandsOptions } from './task-names.ts'

export interface Verdict {
  reward: number
  failed: boolean
  success: boolean
}

export interface SceneChoice {
  /** Whether joints of the object are pulled back to where they start. */
  readonly springs: boolean
  /** Whether things begin where and as thick as the original has them, partly inside each other, or clear of each other. */
  readonly start: 'clear' | 'given'
}

export type Drawn =
  /** Along its joint, by how far two of what is `seen` are apart: `apart` where it is shut, in a plane `beside` which the slide is. */
  | { kind: 'slide'; between: readonly [string, string]; beside: number; apart: number }
  /** About an upright hinge that stands at `about`, by where one of what is `seen` is: in its `bearing` from there at rest, rad. */
  | {
      kind: 'hinge'
      seen: string
      about: readonly [x: number, y: number]
      bearing: number
      /** 1 where the joint turns as bearings do, -1 where against them */
      sense: 1 | -1
    }

export interface Errand {
  readonly name: string
  scene(choice: SceneChoice): SceneParts
  /** Options that change nothing here. */
  readonly indifferent?: readonly (keyof HandsOptions)[]
  readonly strength: Strength
  /** Bodies of the object and of the furniture, and how many of the first of them have a weight. */
  readonly bodies: number
  readonly loose: number
  /** Of the object. */
  readonly coordinates: { readonly qpos: readonly Coordinate[]; readonly qvel: readonly Coordinate[] }
  /** Angles of both hands at the start, by hinge, where they are not 0. */
  readonly bent?: Readonly<Record<string, number>>
  /** What is seen of the object besides its motion, in this order. */
  readonly seen: readonly { readonly name: string; readonly place: Place }[]
  readonly episodeLimit: number
  readonly rewardText: string
  /** Writes what a state is worth. */
  judge(simulation: Simulation, verdict: Verdict): void
  /** How bodies of the object, from the first on, move in its tree, as far as they do: what a state tells of them. */
  readonly drawn: readonly (Drawn | undefined)[]
  /** What the camera looks at, m. */
  readonly focus: readonly [x: number, y: number, z: number]
}

export const freeCoordinates = (body: string): Errand['coordinates'] => ({
  qpos: [
    ...['x', 'y', 'z'].map((axis) => ({ name: `${body}_${axis}`, unit: 'm' })),
    ...['w', 'x', 'y', 'z'].map((part) => ({ name: `${body}_orientation_${part}`, unit: '1' })),
  ],
  qvel: [
    ...['x', 'y', 'z'].map((axis) => ({ name: `${body}_velocity_${axis}`, unit: 'm/s' })),
    ...['x', 'y', 'z'].map((axis) => ({ name: `${body}_angular_velocity_${axis}`, unit: 'rad/s' })),
  ],
})
