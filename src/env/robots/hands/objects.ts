// What the hands hold: bottle, pen and double door of primitives, with the sizes, masses and joints of the tasks. Shapes
// are ours: those of the originals are meshes.
import { type Placed, quaternionText } from './scene.ts'

/** How joints of objects resist; `stiffness` pulls back to where they start. */
export interface Resistance {
  readonly damping: number
  readonly stiffness: number
}

const resisting = ({ damping, stiffness }: Resistance): string =>
  `damping="${damping}" stiffness="${stiffness}"`

const placed = ({ at, euler }: Placed): string => `pos="${at.join(' ')}" quat="${quaternionText(euler)}"`

/** From z to z along the axis of its body. */
const cylinder = (radius: number, from: number, to: number, mass: number): string =>
  `<geom class="object" type="cylinder" size="${radius} ${(to - from) / 2}" pos="0 0 ${(from + to) / 2}" mass="${mass}"/>`

/** Radii, m: the original is as thick as the second, and a cylinder of that begins 7 mm inside the left palm. */
export const BOTTLE_RADII = { clear: 0.031, given: 0.0385 }

/**
 * The axis is z. The cap is not screwed on: it slides off, 64 mm at most, and turns freely. Its frame stands 10.3 mm
 * beside the axis.
 */
export const bottleXml = (start: Placed, resistance: Resistance, radius = BOTTLE_RADII.clear): string => `
<body name="bottle" ${placed(start)}>
  <freejoint name="bottle"/>
  ${cylinder(radius, -0.026, 0.134, 0.36)}
  ${cylinder(0.011, 0.134, 0.149, 0.017)}
  <body name="cap" pos="0.0103 0 0">
    <joint name="cap_slide" type="slide" axis="0 0 1" range="0 0.064" ${resisting(resistance)}/>
    <joint name="cap_twist" type="hinge" axis="0 0 1" pos="-0.0103 0 0" ${resisting(resistance)}/>
    <geom class="object" type="cylinder" size="0.013 0.0055" pos="-0.0103 0 0.1445" mass="0.0026"/>
  </body>
</body>`

const PEN = 'class="object"'

/** The axis is z, the cap's end is at -z, its clip points to -x. The cap slides off, 0.492 m at most. */
export const penXml = (start: Placed, resistance: Resistance): string => `
<body name="barrel" ${placed(start)}>
  <freejoint name="pen"/>
  <geom ${PEN} type="capsule" fromto="0 0 -0.15 0 0 0.1894" size="0.0106" mass="0.05"/>
  <body name="cap">
    <joint name="cap_slide" type="slide" axis="0 0 -1" range="0 0.492" ${resisting(resistance)}/>
    <geom ${PEN} type="capsule" fromto="0 0 -0.1603 0 0 -0.0522" size="0.0117" mass="0.025"/>
    <geom ${PEN} type="box" size="0.006 0.002 0.025" pos="-0.017 0 -0.13" mass="0.0025"/>
  </body>
</body>`

/**
 * m, kg. `hinges`: where they are across the door; `behind`: how far behind its middle, which the distances of hands and
 * handles at the start tell; `origin`: how far the frame of a leaf is above its middle.
 */
export const LEAF = {
  hinges: { right: 0.4265, left: -0.4204 },
  behind: { right: -0.0088, left: -0.0061 },
  height: 0.925,
  thickness: 0.0176,
  mass: 3.59,
  origin: 0.483,
}
/** m, kg. `stands`: how far it reaches before the leaf; `from`: its middle from the hinge; `below`: and from the frame of the leaf. */
const HANDLE = { height: 0.3, width: 0.035, depth: 0.012, stands: 0.0875, mass: 0.33, from: 0.39, below: 0.5 }

/** One bar on each face, held by two posts: fingers fit behind it. */
function handleXml(sign: number, face: number, seen: boolean): string {
  const { height, width, depth, stands, mass, from, below } = HANDLE
  const [y, z] = [-sign * from, -below]
  const group = seen ? 0 : 1
  const post = (end: number) =>
    `<geom class="object" group="${group}" type="box" size="${stands / 2} ${width / 2} ${depth / 2}" pos="${(face * stands) / 2} ${y} ${z + (end * (height - depth)) / 2}" mass="${mass / 4}"/>`
  return `<geom class="object" group="${group}" type="box" size="${depth / 2} ${width / 2} ${height / 2}" pos="${face * (stands - depth / 2)} ${y} ${z}" mass="${mass / 2}"/>
  ${post(-1)}
  ${post(1)}`
}

/** A leaf that swings about z to the side of -x, the right one with its hinge at +y. */
function leafXml(hand: 'right' | 'left', side: number, resistance: Resistance): string {
  const hinge = LEAF.hinges[hand]
  const sign = Math.sign(hinge)
  const half = Math.abs(hinge) / 2 - 0.002
  return `<body name="${hand}_leaf" pos="${LEAF.behind[hand]} ${hinge} ${LEAF.origin}">
  <joint name="${hand}_leaf" type="hinge" axis="0 0 ${-sign}" range="0 1.5707963" ${resisting(resistance)}/>
  <geom class="object" group="1" type="box" size="${LEAF.thickness / 2} ${half} ${LEAF.height / 2}" pos="0 ${-sign * half} ${-LEAF.origin}" mass="${LEAF.mass}"/>
  ${handleXml(sign, 1, side === 1)}
  ${handleXml(sign, -1, side === -1)}
</body>`
}

/** `side`: of x, on which the hands are; what is on the other side is drawn behind. Fixed; the leaves are `right_leaf` and `left_leaf`, between two thin posts. */
export const doorXml = (start: Placed, side: 1 | -1, resistance: Resistance): string => `
<body name="door" ${placed(start)}>
  ${[LEAF.hinges.right, LEAF.hinges.left]
    .map(
      (y) =>
        `<geom class="object" group="1" type="box" size="0.01 0.01 ${LEAF.height / 2}" pos="0 ${y + 0.012 * Math.sign(y)} 0"/>`,
    )
    .join('\n  ')}
  ${leafXml('right', side, resistance)}
  ${leafXml('left', side, resistance)}
</body>`
