// The tasks of two hands by name.
import type { AgentActuators } from '../../mujoco/factorisation.ts'
import type { Observer } from '../../mujoco/observer.ts'
import { type MujocoTask, specOf } from '../../mujoco/task.ts'
import { bottleCap } from './bottle-cap.ts'
import { doorOpenInward, doorOpenOutward } from './doors.ts'
import { handsPose } from './drawn/pose.ts'
import { handsTree } from './drawn/tree.ts'
import type { Errand } from './errand.ts'
import { HAND_STATE, type Sight } from './hand-state.ts'
import { BOUND, handsRobot } from './hands.ts'
import { ACTION } from './layout.ts'
import { pen } from './pen.ts'
import { HANDS, sceneXml } from './scene.ts'
import { formatHandsName, HANDS_DEFAULTS, type HandsOptions, parseHandsName } from './task-names.ts'

const ERRANDS: ReadonlyMap<string, Errand> = new Map(
  [bottleCap, doorOpenInward, doorOpenOutward, pen].map((errand) => [errand.name, errand]),
)

export const handsTaskNames: readonly string[] = [...ERRANDS.keys()].map((name) => `DexHands-${name}-mj1`)

/** Undefined where there is no such task; DimaError `invalid_config` for an option that does not exist. */
export function handsTask(text: string): MujocoTask | undefined {
  const name = parseHandsName(text)
  const errand = name && ERRANDS.get(name.errand)
  if (!errand) return undefined
  const options = meaningful(name.options, errand)
  const { ends, springs, start, friction } = options
  const { body, goal } = handsRobot(errand, sightOf(options))
  const agents = agentsOf(body.actuators)
  const observer = handsObserver(goal)
  const places = new Map(goal.stateNames.map((entry, i) => [entry, i]))
  const names = (entry: string) => places.get(entry)!
  return {
    spec: specOf(formatHandsName({ ...name, options }), { body, goal, agents, observer }),
    body,
    goal,
    xml: sceneXml(errand.scene({ springs: springs === 'on', start }), friction),
    agents,
    contactForces: options.touch === 'contacts',
    limitFails: ends === 'single',
    observer,
    tree: (simulation) => handsTree(simulation, errand, names),
    shown: handsPose(errand, names),
  }
}

/** Without the options that this task has nothing for, so that one task has one name. */
function meaningful(options: HandsOptions, { indifferent = [] }: Errand): HandsOptions {
  return { ...options, ...Object.fromEntries(indifferent.map((name) => [name, HANDS_DEFAULTS[name]])) }
}

const sightOf = ({ angles, touch, velocities }: HandsOptions): Sight => ({
  signedAngles: angles === 'signed',
  touch: touch === 'contacts',
  velocityOf: velocities,
})

const agentsOf = (actuators: readonly string[]): AgentActuators[] =>
  HANDS.map((hand, i) => {
    const controls = Array.from({ length: ACTION }, (_, k) => i * ACTION + k)
    return { name: `${hand}_hand`, actuators: controls.map((k) => actuators[k]!), controls }
  })

/** Each hand sees itself and the object; the other hand it does not see. */
function handsObserver({ stateNames, stateUnits }: MujocoTask['goal']): Observer {
  const both = HANDS.length * HAND_STATE
  const own = <T>(values: readonly T[], hand: number): T[] => [
    ...values.slice(hand * HAND_STATE, (hand + 1) * HAND_STATE),
    ...values.slice(both),
  ]
  return {
    entries: HANDS.map((_, hand) => ({
      observationNames: own(stateNames, hand),
      observationUnits: own(stateUnits, hand),
    })),
    bound: BOUND,
    write(agent, _simulation, state, target, offset) {
      for (let i = 0; i < HAND_STATE; i++) target[offset + i] = state[agent * HAND_STATE + i]!
      for (let i = both; i < state.length; i++) target[offset + HAND_STATE + i - both] = state[i]!
    },
  }
}
