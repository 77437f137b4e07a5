// Blue is imagined, orange is true: told apart in grey and by most colour-blind eyes, and truth is dashed besides.
import type { Shape } from '../body/body.ts'

export interface Colours {
  readonly sky: string
  readonly ground: string
  readonly line: string
  readonly start: string
  readonly text: string
  readonly trunk: string
  readonly limbs: readonly string[]
  readonly far: string
  readonly ghost: string
  readonly truth: string
  readonly shadow: number
}

const LIGHT: Colours = {
  sky: '#eef3f9',
  ground: '#e3e9f1',
  line: '#b9c6d6',
  start: '#7d8fa5',
  text: '#5b6877',
  trunk: '#2f6fc4',
  limbs: ['#4c8fe6', '#3f86d8', '#5f9cec', '#467fc9'],
  far: '#9db7d8',
  ghost: '#3b82dd',
  truth: '#d9650b',
  shadow: 0.2,
}

const DARK: Colours = {
  sky: '#0f1722',
  ground: '#141e2b',
  line: '#2c3b4e',
  start: '#6b7d93',
  text: '#9aa8b8',
  trunk: '#4f93ef',
  limbs: ['#79b1ff', '#6aa6fb', '#8bbcff', '#5f9cf0'],
  far: '#3f628f',
  ghost: '#6cb2ff',
  truth: '#ffa04d',
  shadow: 0.45,
}

export const coloursFor = (dark: boolean): Colours => (dark ? DARK : LIGHT)

export function colourOf({ limb, far }: Pick<Shape, 'limb' | 'far'>, colours: Colours): string {
  if (limb === 0) return colours.trunk
  return far ? colours.far : colours.limbs[(limb - 1) % colours.limbs.length]!
}
