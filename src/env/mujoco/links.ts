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
/** Group of geoms. */
const SCENERY = 1

/**
 * By geom; those of the world, that is the ground, are left out. Where several things stand in the world each is a limb of
 * its own, and what is in the second group of geoms is scenery, behind all else.
 */
export function linksOf(simulation: Simulation, planar: boolean): Map<number, Link> {
  const bodies = [...simulation.modelArray('geom_bodyid')]
  const parents = simulation.modelArray('body_parentid')
  const roots = [...parents.keys()].filter((body) => body !== WORLD && parents[body] === WORLD)
  if (roots.length > 1) return linksOfMany(simulation, roots)
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

function linksOfMany(simulation: Simulation, roots: readonly number[]): Map<number, Link> {
  const parents = simulation.modelArray('body_parentid')
  const groups = simulation.modelArray('geom_group')
  const linkOf = (geom: number, body: number): Link => {
    let [root, depth] = [body, 0]
    for (; parents[root] !== WORLD; root = parents[root]!) depth++
    return { limb: roots.indexOf(root) + 1, depth, far: groups[geom] === SCENERY }
  }
  return new Map(
    [...simulation.modelArray('geom_bodyid').entries()]
      .filter(([, body]) => body !== WORLD)
      .map(([geom, body]) => [geom, linkOf(geom, body)]),
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
