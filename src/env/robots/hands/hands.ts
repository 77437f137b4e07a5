// The two hands with an errand: the body and the goal of a task.

import type { Simulation } from '../../mujoco/simulation.ts'
import type { Body, Coordinate } from '../body.ts'
import { clamp } from '../clamp.ts'
import type { Goal } from '../goal.ts'
import type { Robot } from '../robot.ts'
import { handsDrive } from './drive.ts'
import { type Errand, freeCoordinates, type Verdict } from './errand.ts'
import { HINGES, SERVOS } from './figures.ts'
import {
  actionNames,
  HAND_STATE,
  handEntries,
  motionEntries,
  type Sight,
  SPIN_SCALE,
  writeHand,
} from './hand-state.ts'
import { ACTION, OBJECT, PLACES } from './layout.ts'
import { MOTION, writeMotion, writePlace } from './places.ts'
import { FRAME_SKIP, HANDS, TIMESTEP } from './scene.ts'

/** Observations and state are clipped to it. */
export const BOUND = 5
/**
 * Doors and what fingertips feel rest for thousands of steps, and then go to their bounds: in units of the deviation that they
 * had until then that is 10,000 and more. Positions of hands vary by about this much under random actions.
 */
const LEAST_DEVIATION = 0.05

/** `memory`: whether the task was done in this episode, then the action that was applied. */
const SUCCESS = 0
const APPLIED = 1
const ACTIONS = HANDS.length * ACTION

export function handsBody(errand: Errand): Body {
  return {
    name: `DexHands-${errand.name}`,
    actuators: HANDS.flatMap(actionNames),
    coordinates: {
      qpos: [...HANDS.flatMap((hand) => ofHand(hand, 'qpos', 'angle', 'rad')), ...errand.coordinates.qpos],
      qvel: [
        ...HANDS.flatMap((hand) => ofHand(hand, 'qvel', 'velocity', 'rad/s')),
        ...errand.coordinates.qvel,
      ],
    },
    counts: { bodies: OBJECT.body + errand.bodies, controls: HANDS.length * SERVOS.length },
    frameSkip: FRAME_SKIP,
    timestepSeconds: TIMESTEP,
    drive: handsDrive(errand.strength, errand.loose),
    view: { kind: 'oblique', widthMetres: 1.5, still: { focus: errand.focus, azimuth: 1.1, elevation: 0.5 } },
  }
}

const ofHand = (hand: string, array: 'qpos' | 'qvel', what: string, unit: string): Coordinate[] => [
  ...freeCoordinates(hand)[array],
  ...HINGES.map(({ name }) => ({ name: `${hand}_${name}_${what}`, unit })),
]

export function handsGoal(errand: Errand, sight: Sight): Goal {
  const entries = [...HANDS.flatMap(handEntries), ...objectEntries(errand)]
  const verdict: Verdict = { reward: 0, failed: false, success: false }
  return {
    stateNames: entries.map(({ name }) => name),
    stateUnits: entries.map(({ unit }) => unit),
    stateBound: BOUND,
    leastDeviation: LEAST_DEVIATION,
    episodeLimit: errand.episodeLimit,
    rewardText: `${errand.rewardText}; shared by both hands`,
    memorySize: APPLIED + ACTIONS,
    startsAlike: true,
    reset({ qpos, ctrl }) {
      for (const { qpos: first, control } of PLACES) {
        HINGES.forEach(({ name }, i) => {
          qpos[first + i] = errand.bent?.[name] ?? 0
        })
        // Targets where the hand is: nothing pulls before the first action.
        SERVOS.forEach((hinge, i) => {
          ctrl[control + i] = qpos[first + hinge]!
        })
      }
    },
    begin(_simulation, memory) {
      memory.fill(0)
    },
    reward(simulation, action, memory) {
      errand.judge(simulation, verdict)
      if (verdict.success) memory[SUCCESS] = 1
      for (let i = 0; i < ACTIONS; i++) memory[APPLIED + i] = clamp(action[i]!, 1)
      return verdict.reward
    },
    terminated: () => verdict.failed,
    succeeded: (memory) => memory[SUCCESS] === 1,
    writeState(simulation, memory, state, offset) {
      const actions = memory.subarray(APPLIED)
      HANDS.forEach((_, hand) => {
        writeHand(simulation, hand, actions, sight, state, offset + hand * HAND_STATE)
      })
      writeObject(simulation, errand, sight, state, offset + HANDS.length * HAND_STATE)
      for (let i = offset; i < offset + entries.length; i++) state[i] = clamp(state[i]!, BOUND)
    },
  }
}

const objectEntries = ({ seen }: Errand) => [
  ...motionEntries('object', '1'),
  ...seen.flatMap(({ name }) => ['x', 'y', 'z'].map((axis) => ({ name: `${name}_${axis}`, unit: 'm' }))),
]

function writeObject(
  simulation: Simulation,
  { seen }: Errand,
  { velocityOf }: Sight,
  state: Float64Array,
  offset: number,
) {
  writeMotion(simulation, OBJECT.body, { turning: SPIN_SCALE, velocityOf }, state, offset)
  seen.forEach(({ place }, i) => {
    writePlace(simulation, place, state, offset + MOTION + 3 * i)
  })
}

export const handsRobot = (errand: Errand, sight: Sight): Robot => ({
  body: handsBody(errand),
  goal: handsGoal(errand, sight),
})
