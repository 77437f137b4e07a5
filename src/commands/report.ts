// npm run report -- runs/*: one page with all figures inside, and every figure as an SVG file.
import { parseArgs } from 'node:util'
import { runCommand } from '../common/command.ts'
import { ReportFlags, reportCommand } from '../report/command.ts'

/** Folders stand anywhere among the flags: `runs/* --out report`. */
function splitArguments(argv: string[]): { folders: string[]; flags: string[] } {
  const options = { out: { type: 'string' }, title: { type: 'string' } } as const
  const { tokens } = parseArgs({ args: argv, options, allowPositionals: true, strict: false, tokens: true })
  const folders = tokens.filter((token) => token.kind === 'positional')
  const places = new Set(folders.map(({ index }) => index))
  return { folders: folders.map(({ value }) => value), flags: argv.filter((_, i) => !places.has(i)) }
}

const { folders, flags } = splitArguments(process.argv.slice(2))
runCommand(
  'report',
  ReportFlags,
  async (parsed) => console.log(reportCommand(folders, parsed, console.error)),
  flags,
)
