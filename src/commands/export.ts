// npm run export: a run's checkpoint -> models/<name>/<version>/, verified and published atomically. A label moves to it unless
// it is worse than the version that has it.
import { runCommand } from '../common/command.ts'
import { ExportFlags, exportCommand } from '../export/command.ts'

runCommand('export', ExportFlags, (flags) => exportCommand(flags, console.log))
