// The page's colours for plots, which draw on a canvas.

export interface Ink {
  readonly blue: string
  readonly orange: string
  readonly quiet: string
  readonly line: string
  readonly band: string
  readonly none: string
  readonly font: string
}

const LIGHT: Ink = {
  blue: '#1766c2',
  orange: '#c25a06',
  quiet: '#5b6877',
  line: '#e6ebf1',
  band: 'rgb(23 102 194 / 18%)',
  none: 'rgb(0 0 0 / 0%)',
  font: '11px system-ui, sans-serif',
}

const DARK: Ink = {
  ...LIGHT,
  blue: '#6cb2ff',
  orange: '#ffa04d',
  quiet: '#9aa8b8',
  line: '#223042',
  band: 'rgb(108 178 255 / 24%)',
}

export const inkFor = (dark: boolean): Ink => (dark ? DARK : LIGHT)
