// Tables in Markdown. What stands in them may come from files of strangers.

/** Columns aligned, so that it can also be read as it stands. The first row is the head; cells are made visible. */
export function markdownTable(table: readonly (readonly string[])[]): string {
  const [head = [], ...rows] = table.map((row) => row.map(visible))
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** Cells as wide as their text, for documents: a row that changes leaves the others as they are. */
export const unalignedTable = ([head = [], ...rows]: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Control characters as JSON writes them: on a terminal they could colour, hide or break what stands around them. */
export const visible = (text: string): string =>
  text.replace(/\p{Cc}|[\u2028\u2029]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
