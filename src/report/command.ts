// What `npm run report` does, by its flags: a folder with the page and its figures.
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { DimaError } from '../common/errors.ts'
import { makeFolder, writeFileAtomic } from '../common/files.ts'
import { reportPage } from './page.ts'
import { reportSections } from './report.ts'
import { readRuns } from './run.ts'

export const ReportFlags = Type.Object(
  {
    out: Type.String({ default: 'report', description: 'folder for index.html and the SVG files' }),
    title: Type.String({ default: 'Training runs', description: 'heading of the page' }),
  },
  { additionalProperties: false },
)
export type ReportFlags = Static<typeof ReportFlags>

/** What there is to print. @param onSkipped gets why a folder has no place in the report */
export function reportCommand(
  folders: string[],
  { out, title }: ReportFlags,
  onSkipped: (why: string) => void,
): string {
  const { runs, skipped } = readRuns(folders)
  for (const why of skipped) onSkipped(why)
  if (runs.length === 0)
    throw new DimaError('invalid_config', 'name at least one run folder: npm run report -- runs/*', {
      field: 'runs',
    })
  const sections = reportSections(runs, skipped)
  const figures = sections.flatMap((section) => section.figures)
  makeFolder(out)
  for (const { name, svg } of figures) writeFileAtomic(join(out, `${name}.svg`), svg)
  writeFileAtomic(join(out, 'index.html'), reportPage(title, new Date(), sections))
  return `written: ${join(out, 'index.html')} and ${figures.length} figures of ${runs.length} runs`
}
