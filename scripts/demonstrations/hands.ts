// The tasks of two hands, done by actions that are written down beforehand. All but those of the outward door were found by search.
import { makeMujocoEnv, taskSpec } from '../../src/env/make-env.ts'
import { playing, type Simulated, simulate } from '../../src/env/simulate.ts'
import type { TaskSpec } from '../../src/env/task-spec.ts'

/** Of an agent: force and torque, then targets of its servos. */
const ACTION = 26

/** The joint action [52] of a step, which begins as that of the step before. */
type Script = (joint: Float64Array, step: number, actuators: readonly string[]) => void

/** Fingers and thumb of a hand. */
function bend(
  joint: Float64Array,
  actuators: readonly string[],
  hand: string,
  fingers: number,
  thumb: number,
): void {
  actuators.forEach((name, i) => {
    if (!name.startsWith(hand)) return
    if (/[FMRL]FJ[12]$/.test(name)) joint[i] = fingers
    else if (name.endsWith('THJ4')) joint[i] = -1
    else if (name.endsWith('THJ3')) joint[i] = 1
    else if (/THJ[10]$/.test(name)) joint[i] = thumb
  })
}

/** Both hands push straight ahead. */
const pushDoor: Script = (joint, _, actuators) => {
  bend(joint, actuators, 'right', -1, 0)
  bend(joint, actuators, 'left', -1, 0)
  joint[0] = -0.3
  joint[ACTION] = -0.3
}

/** The left hand grips the bottle, the right hand its cap, and pulls it off. */
const pullCap: Script = (joint, step, actuators) => {
  const [near, pull] = [step > 20, step > 55]
  bend(joint, actuators, 'left', 0.9, -1)
  bend(joint, actuators, 'right', near ? 0.8 : 0.345, near ? -1 : -0.2)
  joint.set(near ? [0, 0, 0, 0, 0, 0] : [-1, 1, -0.8, 0.35, -0.445, 0.95])
  if (pull) joint.set([0.455, 1, 0.62])
  joint[ACTION + 2] = 0.15 // the left hand holds the bottle up
}

interface Grasp {
  /** force and torque, until step 25 */
  approach: number[]
  open: Record<string, number>
  /** force until step 45, and from then on */
  press: number[]
  pull: number[]
  /** joints from step 25 on; `fingers` and `thumb` are several */
  grip: Record<string, number>
  /** joints all the time */
  rest: Record<string, number>
}

/** Of the right hand and of the left. */
const PEN: Grasp[] = [
  {
    approach: [-0.224, -0.193, -0.315, 0.744, 0.212, 0.351],
    open: { fingers: -0.396, THJ4: -0.134 },
    press: [-0.0165, 0.1025, -0.4265],
    pull: [0, 0, 0],
    grip: { fingers: 1, THJ4: -1, thumb: -0.924 },
    rest: { THJ3: 0.712, WRJ1: 0.094, WRJ0: -0.095 },
  },
  {
    approach: [-0.423, 0.127, -0.662, -0.482, 1, -0.217],
    open: { fingers: -0.505, THJ4: -0.345 },
    press: [0.285, -0.259, 0.141],
    pull: [0, 0, 0],
    grip: { fingers: 0.741, THJ4: -1, thumb: -0.519 },
    rest: { THJ3: 0.366, WRJ1: -0.135, WRJ0: -0.085 },
  },
]

/** Of the right hand and of the left. */
const DOOR: Grasp[] = [
  {
    approach: [-0.318, -0.318, 0.374, 0, 0.304, 0.131],
    open: { fingers: -0.4, THJ4: 0.061 },
    press: [-0.0135, -0.1105, 0.013],
    pull: [0.4105, -0.0315, 0.0955],
    grip: { fingers: 1, THJ4: -1, thumb: -0.528 },
    rest: { THJ3: 0.59, WRJ1: 0.195, WRJ0: -0.332 },
  },
  {
    approach: [-0.461, 0.537, 0.301, 0.475, 0.612, -0.061],
    open: { fingers: -0.74, THJ4: -1 },
    press: [0.3, 0.177, -0.051],
    pull: [0.2065, -0.381, 0.0015],
    grip: { fingers: 0.466, THJ4: -0.807, thumb: -0.775 },
    rest: { THJ3: 0.222, WRJ1: 0.244, WRJ0: -0.084 },
  },
]

/** Each hand approaches, presses, and pulls. */
const grasp =
  (grasps: readonly Grasp[]): Script =>
  (joint, step, actuators) => {
    grasps.forEach(({ approach, open, press, pull, grip, rest }, hand) => {
      const bent: Record<string, number> = { thumb: 0, ...(step < 25 ? open : grip), ...rest }
      joint.set(step < 25 ? approach : [...(step < 45 ? press : pull), 0, 0, 0], ACTION * hand)
      for (let i = ACTION * hand + 6; i < ACTION * (hand + 1); i++) {
        const name = actuators[i]!.split('_').at(-1)!
        const group = /[FMRL]FJ[12]$/.test(name) ? 'fingers' : /THJ[10]$/.test(name) ? 'thumb' : name
        joint[i] = bent[group] ?? 0
      }
    })
  }

const SCRIPTS: Record<string, Script> = {
  BottleCap: pullCap,
  DoorOpenInward: grasp(DOOR),
  DoorOpenOutward: pushDoor,
  Pen: grasp(PEN),
}

export const DEMONSTRATED: readonly string[] = Object.keys(SCRIPTS).map((name) => `DexHands-${name}`)

/** The episode, from the start, which is always the same. @param task one of DEMONSTRATED */
export async function demonstrate(task: string, steps: number): Promise<Simulated> {
  const spec = taskSpec(task)
  const env = await makeMujocoEnv(task)
  try {
    return simulate(env, spec, { seed: 1 }, playing(spec, actionsOf(spec, steps)))
  } finally {
    env.close()
  }
}

/** [steps, N, A] */
function actionsOf({ name, agents }: TaskSpec, steps: number): number[][][] {
  const script = SCRIPTS[name.split('-')[1]!]!
  const actuators = agents.flatMap((agent) => agent.actuators)
  const joint = new Float64Array(actuators.length)
  return Array.from({ length: steps }, (_, step) => {
    script(joint, step, actuators)
    return [[...joint.subarray(0, ACTION)], [...joint.subarray(ACTION)]]
  })
}
