// One of many small panels: lines up to where they got, on a logarithmic axis, and at its end what others reached there, as
// named ticks.
import { tickText } from './axis.ts'
import type { Picture } from './figure.ts'
import type { Dash } from './palette.ts'
import type { Line } from './panel.ts'
import { spreadOut } from './spread-out.ts'
import { escapeXml, FAINT } from './svg.ts'

export interface Mark {
  label: string
  value: number
  colour: string
  bold?: boolean
}

export interface Multiple {
  title: string
  lines: readonly Line[]
  marks: readonly Mark[]
  /** of the axis below, powers of ten: lines are shown from the first on, marks stand at the last */
  domain: readonly [from: number, to: number]
  /** of the values; panels that are compared have the same */
  range: readonly [low: number, high: number]
  /** what is said in the middle, of lines that are not there */
  note: string | undefined
}

const BOX = { left: 52, top: 8, width: 232, height: 176, bottom: 34 }
const EDGE = BOX.left + BOX.width // where the marks are
const LABEL = { left: EDGE + 26, gap: 14, width: 96 }
export const MULTIPLE_SIZE = { width: LABEL.left + LABEL.width, height: BOX.top + BOX.height + BOX.bottom }

const BOTTOM = BOX.top + BOX.height
const STROKES: Record<Dash, string> = {
  solid: '',
  dashed: ' stroke-dasharray="6 3"',
  dotted: ' stroke-dasharray="2 2"',
}

type Scale = (value: number) => number

export function drawMultiple(multiple: Multiple): Picture {
  const { title, lines, marks, domain, range, note } = multiple
  const { width, height } = MULTIPLE_SIZE
  const [low, high] = range
  const y: Scale = (value) => BOTTOM - ((value - low) / (high - low)) * BOX.height
  const [from, to] = domain
  const x: Scale = (value) => BOX.left + (Math.log(value / from) / Math.log(to / from)) * BOX.width
  const parts = [
    ticksOf(range).map((tick) => yTick(tick, y(tick))),
    xTicks(domain, x),
    note ? [drawNote(note)] : [],
    curves(
      lines.map((line) => ({ ...line, points: line.points.filter(([at]) => at >= from) })),
      x,
      y,
    ),
    [edge(), ...drawMarks(marks, y)],
  ]
  const svg = `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${parts.flat().join('\n')}\n</svg>`
  return { width, height, title, svg }
}

/** Multiples of 1, 2 or 5 times a power of ten, of which three to seven lie between zero and `high`. */
function ticksOf([low, high]: Multiple['range']): number[] {
  const unit = 10 ** Math.floor(Math.log10(high / 3))
  const step = [5, 2, 1].map((factor) => factor * unit).find((one) => high / one >= 3) ?? unit
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step)
}

const text = (content: string, x: number, y: number, more = '') =>
  `<text x="${round(x)}" y="${round(y)}" dy="4" fill="currentColor"${more}>${escapeXml(content)}</text>`
const path = (d: string, stroke: string, more = '') =>
  `<path d="${d}" fill="none" stroke="${stroke}"${more}/>`
const round = (value: number) => Number(value.toFixed(1))

const yTick = (tick: number, y: number) =>
  `${path(`M${BOX.left} ${round(y)}h${BOX.width + 6}`, FAINT)}${text(tickText(tick), BOX.left - 8, y, ' text-anchor="end"')}`

function xTicks([from, to]: Multiple['domain'], x: Scale): string[] {
  const decades = Math.round(Math.log10(to / from))
  return Array.from({ length: decades + 1 }, (_, i) => {
    const value = from * 10 ** i
    return text(tickText(value), x(value), BOTTOM + 16, ' text-anchor="middle"')
  })
}

const edge = (): string => path(`M${BOX.left} ${BOTTOM}h${BOX.width}M${EDGE} ${BOTTOM}v${-BOX.height}`, FAINT)

/** On paper, so that lines of the grid do not cross it. */
function drawNote(note: string): string {
  const [x, y, width] = [BOX.left + BOX.width / 2, BOX.top + BOX.height / 2, 7 * note.length]
  const paper = `<rect class="paper" x="${x - width / 2}" y="${y - 9}" width="${width}" height="18" fill="#ffffff"/>`
  return `${paper}${text(note, x, y, ' text-anchor="middle" opacity="0.7"')}`
}

/** Heavy lines last, above the thin ones. */
const curves = (lines: readonly Line[], x: Scale, y: Scale) =>
  lines
    .toSorted((a, b) => Number(b.thin ?? false) - Number(a.thin ?? false))
    .map((line) => drawCurve(line, x, y))

function drawCurve({ points, colour, dash = 'solid', thin, label }: Line, x: Scale, y: Scale): string {
  if (points.length === 0) return ''
  const places = points.map(([at, value]) => [round(x(at)), round(y(value))] as const)
  const width = thin ? ' stroke-opacity="0.55"' : ' stroke-width="2.2"'
  const look = `${width}${STROKES[dash]} stroke-linejoin="round" stroke-linecap="round"`
  const curve = path(`M${places.map((place) => place.join(' ')).join('L')}`, colour, look)
  const last = places.at(-1)
  if (!label || !last) return curve
  const dot = `<circle cx="${last[0]}" cy="${last[1]}" r="3.5" fill="${colour}"/>`
  const above = last[1] - 12 > BOX.top ? -12 : 14
  return `${curve}${dot}${text(label, last[0] + 4, last[1] + above, ' text-anchor="end" font-weight="600"')}`
}

function drawMarks(marks: readonly Mark[], y: Scale): string[] {
  const sorted = marks.toSorted((a, b) => b.value - a.value)
  const places = spreadOut(
    sorted.map(({ value }) => y(value)),
    LABEL.gap,
    [BOX.top, BOTTOM],
  )
  return sorted.map(({ label, value, colour, bold }, i) => {
    const [at, place] = [round(y(value)), round(places[i]!)]
    const tick = path(`M${EDGE - 6} ${at}h12`, colour, ` stroke-width="${bold ? 3 : 2}"`)
    const leader = path(`M${EDGE + 8} ${at}L${LABEL.left - 4} ${place}`, FAINT)
    return `${tick}${leader}${text(label, LABEL.left, place, bold ? ' font-weight="600"' : '')}`
  })
}
