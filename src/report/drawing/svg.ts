// ECharts draws without a browser and a canvas; what it writes for pointers is taken out, so that a figure is plain SVG
// and the same figure has the same bytes.
import type { EChartsOption } from 'echarts'
import { init } from 'echarts/dist/echarts.esm.min' // one file: its 500 modules take 1.2 s more of processor time

/** `currentColor`: a page that shows the figure inside chooses the ink. */
export const INK = 'currentColor'
export const FAINT = 'rgba(128,128,128,0.3)'
export const FONT_SIZE = 12

export interface Size {
  width: number
  height: number
}

/** @param id stands before the ids inside: those of all figures of a page have to differ */
export function drawSvg(option: EChartsOption, { width, height }: Size, id: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: { color: INK, fontSize: FONT_SIZE }, ...option })
    return plainSvg(chart.renderToSVGString(), id)
  } finally {
    chart.dispose()
  }
}

function plainSvg(svg: string, id: string): string {
  return svg
    .replace(/<style >.*?<\/style>/s, '')
    .replace(/ (class|ecmeta_\w+|pointer-events|baseProfile|version|xmlns:xlink)="[^"]*"/g, '')
    .replace(/ style="font-size:12px;font-family:sans-serif;"/g, '')
    .replace(/(id="|url\(#)zr\d+-/g, `$1${id}-`)
    .replace(/<defs >\s*<\/defs>/, '')
}

export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
