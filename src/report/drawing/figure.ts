// A figure: panels in rows under a title and a legend, one SVG that stands alone.
import { sum } from '../../common/statistics.ts'
import { drawPanel, type Line, type Panel, sizeOf } from './panel.ts'
import { escapeXml, FONT_SIZE, type Size } from './svg.ts'

/** A line of the legend. */
export interface Entry extends Pick<Line, 'name' | 'colour' | 'dash' | 'symbol'> {
  /** an area rather than a line */
  area?: boolean
}

export interface Picture extends Size {
  title: string
  svg: string
}

const HEAD = { left: 16, title: 34, entry: 19, panel: 26 }

/** Small letters, digits and dashes, for names of files and ids. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

export function figureSvg(
  title: string,
  panels: readonly Panel[],
  { legend = [], columns = 2 }: { legend?: readonly Entry[]; columns?: number } = {},
): string {
  const pictures = panels.map((panel, i) => ({
    ...sizeOf(panel),
    title: panel.title,
    svg: drawPanel(panel, `${slug(title)}-${i}`),
  }))
  return arrange(title, pictures, legend, columns)
}

export function arrange(
  title: string,
  pictures: readonly Picture[],
  legend: readonly Entry[] = [],
  columns = 2,
): string {
  const top = HEAD.title + legend.length * HEAD.entry
  const rows = Array.from({ length: Math.ceil(pictures.length / columns) }, (_, row) =>
    pictures.slice(row * columns, (row + 1) * columns),
  )
  const heights = rows.map((row) => HEAD.panel + Math.max(...row.map(({ height }) => height)))
  const tops = heights.map((_, row) => top + sum(heights.slice(0, row)))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.width ?? 0)),
  )
  const lefts = widths.map((_, column) => sum(widths.slice(0, column)))
  const placed = rows.flatMap((row, r) => row.map((picture, c) => place(picture, lefts[c]!, tops[r]!)))
  const width = sum(widths)
  const height = top + sum(heights)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" color="#1f2933" font-family="system-ui, sans-serif" font-size="${FONT_SIZE}">
<title>${escapeXml(title)}</title>
<rect class="paper" width="100%" height="100%" fill="#ffffff"/>
<text x="${HEAD.left}" y="22" font-size="15" font-weight="600" fill="currentColor">${escapeXml(title)}</text>
${legend.map(drawEntry).join('\n')}
${placed.join('\n')}
</svg>
`
}

const place = ({ title, svg }: Picture, x: number, y: number) =>
  `<text x="${x + HEAD.left}" y="${y + 17}" font-weight="600" fill="currentColor">${escapeXml(title)}</text>
${svg.replace(/^<svg ([^>]*)>/, (_, attributes) => `<svg x="${x}" y="${y + HEAD.panel}" ${attributes}><title>${escapeXml(title)}</title>`)}`

const DASHES = { solid: '', dashed: ' stroke-dasharray="8 4"', dotted: ' stroke-dasharray="2 2"' }

function drawEntry({ name, colour, dash = 'solid', symbol, area }: Entry, i: number): string {
  const y = HEAD.title + i * HEAD.entry + 6
  const line = `<path d="M${HEAD.left} ${y}h30" stroke="${colour}" stroke-width="${area ? 12 : 2}"${DASHES[dash]}/>`
  const mark = symbol
    ? `<path transform="translate(${HEAD.left + 15} ${y})" d="${SYMBOLS[symbol]}" fill="${colour}"/>`
    : ''
  return `${line}${mark}<text x="${HEAD.left + 38}" y="${y}" dy="4" fill="currentColor">${escapeXml(name)}</text>`
}

const SYMBOLS = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0',
  rect: 'M-4 -4h8v8h-8z',
  triangle: 'M0 -5l5 9h-10z',
  diamond: 'M0 -5l5 5l-5 5l-5 -5z',
}
