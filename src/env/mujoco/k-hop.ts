// What an agent sees under `k-hop`, after Gymnasium-Robotics' MaMuJoCo v1 (obsk.py: get_joints_at_kdist, build_obs;
// mujoco_multi.py: _generate_local_categories). It is defined for any split.
//
// 1. Its own joints by label: angle, velocity and, if the robot has them, the contact forces of the joint's bodies that
//    have not been listed yet, clipped to [-1, 1].
// 2. Joints one to `hops` edges away, by distance and then by label: the angle alone.
// 3. The root: its positions, then its velocities. Velocities are never clipped here, even where those of the state are.
import type { Joint, JointedBody } from '../robots/body.ts'
import { clamp } from '../robots/clamp.ts'
import type { AgentActuators } from './factorisation.ts'
import type { ObservationEntries, Observer } from './observer.ts'
import type { TaskOptions } from './task-options.ts'

/** An entry of an observation: where it stands in MuJoCo's data; contact forces in cfrc_ext, six numbers a body. */
export interface Place {
  readonly array: 'qpos' | 'qvel' | 'contacts'
  readonly index: number
}

const CONTACT_LIMIT = 1
const FORCE_SIZE = 6 // torque and force
const ARRAYS = ['qpos', 'qvel', 'contacts'] as const

export function kHop(body: JointedBody, agents: readonly AgentActuators[], { hops }: TaskOptions): Observer {
  const places = agents.map(({ actuators }) => placesSeen(body, actuators, hops))
  const arrays = places.map((list) => Uint8Array.from(list, ({ array }) => ARRAYS.indexOf(array)))
  const indices = places.map((list) => Int32Array.from(list, ({ index }) => index))
  return {
    entries: places.map((list) => entriesOf(body, list)),
    bound: Number.POSITIVE_INFINITY,
    write(agent, simulation, _state, target, offset) {
      const { qpos, qvel } = simulation
      const contacts = simulation.dataArray('cfrc_ext')
      const kind = arrays[agent]!
      const index = indices[agent]!
      for (let i = 0; i < index.length; i++) {
        const place = index[i]!
        if (kind[i] === 0) target[offset + i] = qpos[place]!
        else if (kind[i] === 1) target[offset + i] = qvel[place]!
        else target[offset + i] = clamp(contacts[place]!, CONTACT_LIMIT)
      }
    },
  }
}

export function placesSeen(body: JointedBody, actuators: readonly string[], hops: number): Place[] {
  const [own, ...others] = jointsByDistance(body, actuators, hops)
  const listed = new Set<number>()
  return [
    ...own!.flatMap((joint) => ownPlaces(joint, listed)),
    ...others.flat().map(({ qpos }): Place => ({ array: 'qpos', index: qpos })),
    ...body.root.qpos.map((index): Place => ({ array: 'qpos', index })),
    ...body.root.qvel.map((index): Place => ({ array: 'qvel', index })),
  ]
}

/** `listed`: bodies seen already; those of the joint are added. */
function ownPlaces({ qpos, qvel, bodies }: Joint, listed: Set<number>): Place[] {
  const fresh = bodies.filter((body) => !listed.has(body))
  for (const body of fresh) listed.add(body)
  const forces = fresh.flatMap((body) =>
    Array.from(
      { length: FORCE_SIZE },
      (_, i): Place => ({ array: 'contacts', index: body * FORCE_SIZE + i }),
    ),
  )
  return [{ array: 'qpos', index: qpos }, { array: 'qvel', index: qvel }, ...forces]
}

/** The joints at each distance from those of the agent, 0 to `hops`, sorted by label. */
function jointsByDistance(body: JointedBody, actuators: readonly string[], hops: number): Joint[][] {
  const label = (actuator: string) => body.joints.find((joint) => joint.actuator === actuator)!.label
  let shell = new Set(actuators.map(label))
  const reached = new Set(shell)
  const shells = [shell]
  for (let distance = 1; distance <= hops; distance++) {
    const touching = body.edges.filter((edge) => edge.some((end) => shell.has(end)))
    shell = new Set(touching.flat().filter((end) => !reached.has(end)))
    for (const end of shell) reached.add(end)
    shells.push(shell)
  }
  return shells.map((labels) => sorted(body.joints.filter((joint) => labels.has(joint.label))))
}

/** By code units, as Python sorts. */
const sorted = (joints: Joint[]): Joint[] => joints.sort((a, b) => (a.label < b.label ? -1 : 1))

function entriesOf({ coordinates }: JointedBody, places: readonly Place[]): ObservationEntries {
  const entries = places.map(({ array, index }) => coordinates[array]![index]!)
  return {
    observationNames: entries.map(({ name }) => name),
    observationUnits: entries.map(({ unit }) => unit),
  }
}
