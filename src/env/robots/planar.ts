// What the planar robots share: a trunk that slides along x and z and pitches about y, then one hinge for each
// actuator, in the order of the actuators.
import type { JointedBody } from './body.ts'
import { clamp } from './clamp.ts'
import type { Running } from './running.ts'

const ROOT = 3 // coordinates before the first hinge: distance, height, pitch

export interface PlanarJoint {
  readonly name: string
  /** Its label in Gymnasium-Robotics. */
  readonly label: string
}

interface PlanarParts {
  readonly body: Pick<JointedBody, 'actuators' | 'joints' | 'root' | 'coordinates' | 'counts' | 'view'>
  readonly goal: Pick<Running, 'stateNames' | 'stateUnits' | 'writeState' | 'position' | 'pose'>
}

/** `velocityLimit`: what the velocities in the state are clipped to, in m/s and rad/s. */
export function planar(joints: readonly PlanarJoint[], velocityLimit: number): PlanarParts {
  const coordinates = planarCoordinates(joints)
  // The distance run is left out: the dynamics do not depend on it.
  const state = [...coordinates.qpos.slice(1), ...coordinates.qvel]
  const positions = coordinates.qpos.length - 1
  return {
    body: {
      actuators: joints.map(({ name }) => name),
      joints: joints.map(({ name, label }, i) => ({
        actuator: name,
        label,
        qpos: ROOT + i,
        qvel: ROOT + i,
        bodies: [],
      })),
      root: { qpos: [1, 2], qvel: [0, 1, 2] },
      coordinates,
      counts: { bodies: 2 + joints.length, controls: joints.length },
      view: { kind: 'side', widthMetres: 4 },
    },
    goal: {
      stateNames: state.map(({ name }) => name),
      stateUnits: state.map(({ unit }) => unit),
      writeState({ qpos, qvel }, state, offset) {
        for (let i = 0; i < positions; i++) state[offset + i] = qpos[i + 1]!
        for (let i = 0; i < qvel.length; i++) state[offset + positions + i] = clamp(qvel[i]!, velocityLimit)
      },
      position: ({ qpos }) => qpos[0]!,
      pose: (state, [x]) => ({
        qpos: [x, ...Array.from(state).slice(0, positions)],
        qvel: Array.from(state).slice(positions),
      }),
    },
  }
}

const planarCoordinates = (joints: readonly PlanarJoint[]): JointedBody['coordinates'] => ({
  qpos: [
    { name: 'distance', unit: 'm' },
    { name: 'height', unit: 'm' },
    { name: 'pitch', unit: 'rad' },
    ...joints.map(({ name }) => ({ name: `${name}_angle`, unit: 'rad' })),
  ],
  qvel: [
    { name: 'forward_velocity', unit: 'm/s' },
    { name: 'vertical_velocity', unit: 'm/s' },
    { name: 'pitch_velocity', unit: 'rad/s' },
    ...joints.map(({ name }) => ({ name: `${name}_velocity`, unit: 'rad/s' })),
  ],
})
