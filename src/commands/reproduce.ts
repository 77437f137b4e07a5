// npm run reproduce: the checks of method.md 9 on a run; table, reproduce.json, exit code 1 where one is missed.
import { runCommand } from '../common/command.ts'
import { ReproduceFlags, reproduceCommand } from '../evaluation/reproduce/command.ts'

async function main(flags: ReproduceFlags): Promise<void> {
  const passed = await reproduceCommand(flags, console.log, ({ number, title }) =>
    console.error(`check ${number}: ${title}`),
  )
  if (!passed && !flags.reportOnly) process.exitCode = 1
}

/** `npm run reproduce -- runs/x` is short for `--run runs/x`. */
function argumentsOf([first, ...rest]: string[]): string[] {
  if (first === undefined) return []
  return first.startsWith('-') ? [first, ...rest] : ['--run', first, ...rest]
}

runCommand('reproduce', ReproduceFlags, main, argumentsOf(process.argv.slice(2)))
