// Colours that stay apart in grey and for most colour-blind eyes.

export interface Paint {
  readonly fill: string
  readonly edge: string
}

export const SCENE = {
  sky: '#f6f8fa',
  mark: '#e2e8ee',
  ground: '#e9e4d8',
  tileLight: '#efebe1',
  tileDark: '#e2dccd',
  tapeLight: '#d9d2c1',
  tapeDark: '#b7ae98',
  surface: '#8a8371',
  start: '#c8553d',
  ink: '#1f2933',
  faintInk: '#6b7785',
  shadow: '#5a5340',
} as const

const TRUNK = '#52667a'
const LIMBS = ['#1f9e89', '#ec8b43', '#d4a72c', '#4a86c5'] as const
/** The second figure is of one hue, so that it is never taken for the first. */
export const GHOST_PAINT: Paint = { fill: '#a33bd6', edge: '#7a1fa8' }

export interface Part {
  readonly limb: number
  readonly depth: number
  readonly far: boolean
}

export const trailColour = (ghost: boolean): string => (ghost ? GHOST_PAINT.fill : TRUNK)

/** Lighter towards the end of a limb, paler where it is behind the trunk. */
export function paintOf({ limb, depth, far }: Part): Paint {
  const hue = limb === 0 ? TRUNK : LIMBS[(limb - 1) % LIMBS.length]!
  const base = mix(hue, '#ffffff', 0.1 * Math.max(0, depth - 1) + (far ? 0.3 : 0))
  return { fill: base, edge: mix(base, '#101820', 0.35) }
}

/** `share` of `b`, the rest of `a`. */
export function mix(a: string, b: string, share: number): string {
  const channel = (i: number) => {
    const [from, to] = [a, b].map((colour) => Number.parseInt(colour.slice(i, i + 2), 16)) as [number, number]
    return Math.round(from + share * (to - from))
      .toString(16)
      .padStart(2, '0')
  }
  return `#${channel(1)}${channel(3)}${channel(5)}`
}
