// Colours that people with colour-blindness tell apart (after Okabe and Ito 2008, without yellow and black, and with a
// lighter blue: all are seen on white and on dark paper), each with a symbol and, when they run out, another dash.
export type Dash = 'solid' | 'dashed' | 'dotted'
export type PointSymbol = 'circle' | 'rect' | 'triangle' | 'diamond'

export interface Look {
  colour: string
  symbol: PointSymbol
  dash: Dash
}

const COLOURS = ['#1f83c9', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']
const SYMBOLS: PointSymbol[] = ['circle', 'rect', 'triangle', 'diamond']
const DASHES: Dash[] = ['solid', 'dashed', 'dotted']

export const GREY = '#808890'

/** How the line number `index` of a figure looks. */
export const lookOf = (index: number): Look => ({
  colour: COLOURS[index % COLOURS.length]!,
  symbol: SYMBOLS[index % SYMBOLS.length]!,
  dash: DASHES[Math.floor(index / COLOURS.length) % DASHES.length]!,
})
