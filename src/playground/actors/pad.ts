// A gamepad's sticks, triggers and buttons as pushes of joints.

/** What is used of the browser's Gamepad. */
export interface Pad {
  readonly axes: readonly number[]
  readonly buttons: readonly { readonly value: number }[]
}

/** Of a stick that is let go, which is never quite in the middle. */
const DEAD = 0.12

/** Sources in their order: four of the sticks (up is positive), triggers and shoulders, the four buttons, the cross. */
const SOURCES: readonly ((pad: Pad) => number)[] = [
  (pad) => stick(pad.axes[0]),
  (pad) => -stick(pad.axes[1]),
  (pad) => stick(pad.axes[2]),
  (pad) => -stick(pad.axes[3]),
  (pad) => pressed(pad, 7) - pressed(pad, 5),
  (pad) => pressed(pad, 6) - pressed(pad, 4),
  (pad) => pressed(pad, 3) - pressed(pad, 0),
  (pad) => pressed(pad, 1) - pressed(pad, 2),
  (pad) => pressed(pad, 12) - pressed(pad, 13),
  (pad) => pressed(pad, 15) - pressed(pad, 14),
]

const stick = (value = 0): number => (Math.abs(value) < DEAD ? 0 : value)
const pressed = ({ buttons }: Pad, i: number): number => buttons[i]?.value ?? 0

/** Of the i-th joint that a pad moves, -1 to 1. */
export const padPush = (pad: Pad | undefined, i: number): number => (pad ? (SOURCES[i]?.(pad) ?? 0) : 0)

export const SOURCE_NAMES = [
  'left stick, sideways',
  'left stick, up',
  'right stick, sideways',
  'right stick, up',
  'right trigger',
  'left trigger',
  'Y and A',
  'B and X',
  'cross, up',
  'cross, sideways',
]
