// npm run report -- runs/*: one page with all figures inside, and every figure as an SVG file.
import { runCommand } from '../common/command.ts'
import { splitPositionals } from '../common/positionals.ts'
import { ReportFlags, reportCommand } from '../report/command.ts'

const { positionals: folders, flags } = splitPositionals(ReportFlags, process.argv.slice(2))
runCommand(
  'report',
  ReportFlags,
  async (parsed) => console.log(reportCommand(folders, parsed, console.error)),
  flags,
)
