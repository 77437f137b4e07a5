// npm run report -- runs/*: one page with all figures inside, and every figure as an SVG file.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Type, { type Static } from 'typebox'
import { runCommand } from '../common/command.ts'
import { DimaError } from '../common/errors.ts'
import { makeFolder, writeFileAtomic } from '../common/files.ts'
import { reportPage } from '../report/page.ts'
import { reportSections } from '../report/report.ts'
import { readRuns } from '../report/run.ts'

const ReportFlags = Type.Object(
  {
    out: Type.String({ default: 'report', description: 'folder for index.html and the SVG files' }),
    title: Type.String({ default: 'Training runs', description: 'heading of the page' }),
  },
  { additionalProperties: false },
)

/** Folders stand anywhere among the flags: `runs/* --out report`. */
function splitArguments(argv: string[]): { folders: string[]; flags: string[] } {
  const options = { out: { type: 'string' }, title: { type: 'string' } } as const
  const { tokens } = parseArgs({ args: argv, options, allowPositionals: true, strict: false, tokens: true })
  const folders = tokens.filter((token) => token.kind === 'positional')
  const places = new Set(folders.map(({ index }) => index))
  return { folders: folders.map(({ value }) => value), flags: argv.filter((_, i) => !places.has(i)) }
}

function writeReport(folders: string[], { out, title }: Static<typeof ReportFlags>): void {
  const { runs, skipped } = readRuns(folders)
  for (const why of skipped) console.error(why)
  if (runs.length === 0)
    throw new DimaError('invalid_config', 'name at least one run folder: npm run report -- runs/*', {
      field: 'runs',
    })
  const sections = reportSections(runs, skipped)
  const figures = sections.flatMap((section) => section.figures)
  makeFolder(out)
  for (const { name, svg } of figures) writeFileAtomic(join(out, `${name}.svg`), svg)
  writeFileAtomic(join(out, 'index.html'), reportPage(title, new Date(), sections))
  console.log(`written: ${join(out, 'index.html')} and ${figures.length} figures of ${runs.length} runs`)
}

const { folders, flags } = splitArguments(process.argv.slice(2))
runCommand('report', ReportFlags, async (parsed) => writeReport(folders, parsed), flags)
