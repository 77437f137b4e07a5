// The page: everything in one file, styles and figures inside, nothing loaded, light or dark as the reader has it.
import { escapeXml } from './drawing/svg.ts'
import type { Figure } from './figures/figure.ts'
import type { Table } from './tables.ts'

export interface Section {
  title: string
  /** what is missing, and what to mind */
  notes: string[]
  tables: { caption: string; table: Table }[]
  figures: Figure[]
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2933; --paper: #ffffff; --faint: #d9dee3; --note: #5b6672 }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe4ea; --paper: #15191e; --faint: #39424c; --note: #9aa5b1 } }
body { margin: 2rem auto; max-width: 1240px; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.5rem } h2 { font-size: 1.25rem; margin-top: 3rem; border-bottom: 1px solid var(--faint) }
nav a, a { color: inherit; margin-right: 1rem }
figure { margin: 2rem 0 } figure > svg { max-width: 100%; height: auto; color: var(--ink) } svg .paper { fill: none }
figcaption, caption, .notes { color: var(--note); font-size: 0.9rem; max-width: 60rem; text-align: left }
caption { caption-side: bottom; padding-top: 0.4rem }
.table { overflow-x: auto; margin: 1.5rem 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.8rem }
th, td { padding: 0.25rem 0.5rem; border-bottom: 1px solid var(--faint); text-align: left; vertical-align: bottom }
td { white-space: nowrap }
`

export function reportPage(title: string, date: Date, sections: readonly Section[]): string {
  const links = sections.map((section, i) => `<a href="#part-${i}">${escapeXml(section.title)}</a>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeXml(title)}</h1>
<p>${date.toISOString().slice(0, 16).replace('T', ' ')} UTC</p>
<nav>${links.join('\n')}</nav>
${sections.map(drawSection).join('\n')}
</body>
</html>
`
}

const drawSection = ({ title, notes, tables, figures }: Section, i: number) => `<section id="part-${i}">
<h2>${escapeXml(title)}</h2>
${notes.length ? `<ul class="notes">${notes.map((note) => `<li>${escapeXml(note)}</li>`).join('')}</ul>` : ''}
${tables.map(({ caption, table }) => drawTable(table, caption)).join('\n')}
${figures.map(drawFigure).join('\n')}
</section>`

const drawTable = ({ head, rows }: Table, caption: string) => `<div class="table"><table>
<caption>${escapeXml(caption)}</caption>
<thead>${drawRow(head, 'th')}</thead>
<tbody>${rows.map((row) => drawRow(row, 'td')).join('\n')}</tbody>
</table></div>`

const drawRow = (cells: readonly string[], tag: 'td' | 'th') =>
  `<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join('')}</tr>`

const drawFigure = ({ svg, caption }: Figure) => `<figure>
${svg.trim()}
<figcaption>${escapeXml(caption.replace(/\s+/g, ' '))}</figcaption>
</figure>`
