// A small line chart as SVG: error against imagined step, on a logarithmic axis because persistence is ten times the
// rest. Lines are named at their ends, so the colours need not be learned.

export interface Series {
  name: string
  values: readonly number[]
  colour: string
  dashed?: boolean
}

export interface Panel {
  title: string
  series: Series[]
}

const PANEL = { width: 600, height: 380, left: 64, right: 210, top: 44, bottom: 48 }
const LABEL_HEIGHT = 15
const INK = '#1f2933'
const FAINT = '#d9dee3'

export function chartSvg(title: string, panels: Panel[]): string {
  const [width, height] = [PANEL.width * panels.length, PANEL.height + 36]
  const body = panels.map(
    (panel, i) => `<g transform="translate(${i * PANEL.width},36)">${drawPanel(panel)}</g>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="${INK}">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${PANEL.left}" y="26" font-size="16" font-weight="600">${escapeXml(title)}</text>
${body.join('\n')}
</svg>
`
}

interface Scales {
  x: (step: number) => number
  y: (value: number) => number
  ticks: number[]
  steps: number
}

function drawPanel({ title, series }: Panel): string {
  const scales = scalesOf(series)
  const ends = spreadLabels(series.map(({ values }) => scales.y(values.at(-1)!)))
  const heading = `<text x="${PANEL.left}" y="${PANEL.top - 16}" font-weight="600">${escapeXml(title)}</text>`
  return [heading, drawAxes(scales), ...series.map((one, i) => drawSeries(one, scales, ends[i]!))].join('\n')
}

function scalesOf(series: Series[]): Scales {
  const values = series.flatMap((one) => one.values).filter((value) => value > 0)
  const least = Math.min(...values)
  const [low, high] = [Math.log10(least), Math.log10(Math.max(...values, 1.1 * least))]
  const steps = Math.max(...series.map((one) => one.values.length))
  const [from, to] = [PANEL.height - PANEL.bottom, PANEL.top]
  const margin = 0.04 * (high - low)
  const share = (value: number) => (Math.log10(value) - low + margin) / (high - low + 2 * margin)
  const decades = Array.from({ length: 9 }, (_, i) => 10 ** (i - 5))
  const ticks = decades
    .flatMap((d) => [d, 2 * d, 5 * d])
    .filter((tick) => share(tick) >= 0 && share(tick) <= 1)
  const inner = PANEL.width - PANEL.left - PANEL.right
  return {
    x: (step) => PANEL.left + ((step - 1) / Math.max(1, steps - 1)) * inner,
    y: (value) => from + share(Math.max(value, least)) * (to - from), // a logarithmic axis has no zero
    ticks,
    steps,
  }
}

function drawAxes({ x, y, ticks, steps }: Scales): string {
  const [left, right, bottom] = [PANEL.left, PANEL.width - PANEL.right, PANEL.height - PANEL.bottom]
  const rows = ticks.map((tick) => {
    const at = y(tick).toFixed(1)
    return `<line x1="${left}" x2="${right}" y1="${at}" y2="${at}" stroke="${FAINT}"/><text x="${left - 8}" y="${at}" dy="4" text-anchor="end">${Number(tick.toPrecision(2))}</text>`
  })
  const columns = Array.from({ length: steps }, (_, i) => i + 1).filter(
    (step) => step === 1 || step % 5 === 0,
  )
  const labels = columns.map(
    (step) => `<text x="${x(step).toFixed(1)}" y="${bottom + 20}" text-anchor="middle">${step}</text>`,
  )
  const name = `<text x="${(left + right) / 2}" y="${bottom + 40}" text-anchor="middle">imagined step</text>`
  return [...rows, ...labels, name].join('\n')
}

function drawSeries({ name, values, colour, dashed }: Series, { x, y }: Scales, labelAt: number): string {
  const points = values.map((value, i) => `${x(i + 1).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  const dash = dashed ? ' stroke-dasharray="5 4"' : ''
  const end = x(values.length) + 8
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"${dash}/><text x="${end}" y="${labelAt.toFixed(1)}" dy="4" fill="${colour}">${escapeXml(name)} ${values.at(-1)!.toFixed(2)}</text>`
}

/** Moves labels apart so that none overlap and none leaves the panel, keeping their order. */
function spreadLabels(heights: number[]): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!)
  const placed = [...heights]
  let free = Number.NEGATIVE_INFINITY
  for (const i of order) {
    placed[i] = Math.max(placed[i]!, free)
    free = placed[i]! + LABEL_HEIGHT
  }
  let limit = PANEL.height - LABEL_HEIGHT / 2
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i]!, limit)
    limit = placed[i]! - LABEL_HEIGHT
  }
  return placed
}

const escapeXml = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
