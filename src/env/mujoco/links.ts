// Which limb each part of a body belongs to, read from the tree of the model: a limb is what hangs on the trunk.
import type { Simulation } from './simulation.ts'

export interface Link {
  /** 0 is the trunk, then the limbs in the order of the model. */
  readonly limb: number
  /** Joints or welds away from the trunk: 0 for the trunk, 1 for a thigh. */
  readonly depth: number
  /** Of two limbs that hang at the same place of a planar robot, the second is drawn behind the trunk. */
  readonly far: boolean
}

const [WORLD, TRUNK] = [0, 1]

/** By geom; those of the world, that is the ground, are left out. */
export function linksOf(simulation: Simulation, planar: boolean): Map<number, Link> {
  const bodies = [...simulation.modelArray('geom_bodyid')]
  const parents = simulation.modelArray('body_parentid')
  const hips = [...parents.keys()].filter((body) => body !== WORLD && parents[body] === TRUNK)
  const places = hips.map((body) => placeOf(simulation, body))
  return new Map(
    [...bodies.entries()]
      .filter(([, body]) => body !== WORLD)
      .map(([geom, body]) => {
        const [hip, depth] = climb(body, parents)
        const limb = hips.indexOf(hip) // -1 for the trunk
        const far = planar && limb >= 0 && places.indexOf(places[limb]!) < limb
        return [geom, { limb: limb + 1, depth, far }]
      }),
  )
}

/** The body below the trunk that this one hangs on, and how deep below the trunk it is itself. */
function climb(body: number, parents: ArrayLike<number>): [hip: number, depth: number] {
  let [hip, depth] = [body, 0]
  for (let at = body; at !== TRUNK && at !== WORLD; at = parents[at]!) [hip, depth] = [at, depth + 1]
  return [hip, depth]
}

const placeOf = (simulation: Simulation, body: number): string =>
  [...simulation.modelArray('body_pos').slice(3 * body, 3 * body + 3)].join()
