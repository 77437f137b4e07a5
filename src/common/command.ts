// A command line: `--help`, flags from a schema, and errors as one line where they are the caller's.
import type { Static, TObject } from 'typebox'
import { helpText, parseFlags } from './config.ts'
import { DimaError } from './errors.ts'

/** Runs `run` with the flags of this process; fails with exit code 1. */
export function runCommand<S extends TObject>(
  name: string,
  schema: S,
  run: (flags: Static<S>) => Promise<void>,
  argv = process.argv.slice(2),
): void {
  const main = async () => {
    if (argv.includes('--help')) console.log(`npm run ${name} -- [flags]\n${helpText(schema)}`)
    else await run(parseFlags(schema, argv))
  }
  main().catch((error: unknown) => {
    console.error(error instanceof DimaError ? error.message : error)
    process.exitCode = 1
  })
}
