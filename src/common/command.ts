// A command line: `--help`, flags from a schema, and errors as one line where they are the caller's or the system's.
import { inspect } from 'node:util'
import type { Static, TObject } from 'typebox'
import { flagOf, helpText, parseFlags } from './config.ts'
import { DimaError } from './errors.ts'
import { withoutSecrets } from './secrets.ts'
import { systemErrorLine } from './system-errors.ts'

/** What shells report of a program that wrote where nobody reads any more. */
const NOBODY_READS = 141

/** Runs `run` with the flags of this process; fails with exit code 1. */
export function runCommand<S extends TObject>(
  name: string,
  schema: S,
  run: (flags: Static<S>) => Promise<void>,
  argv = process.argv.slice(2),
): void {
  endWithReader()
  let flags: Record<string, unknown> = {}
  const main = async () => {
    if (argv.includes('--help')) return console.log(`npm run ${name} -- [flags]\n${helpText(schema)}`)
    const parsed = parseFlags(schema, argv)
    flags = Object.fromEntries(Object.entries(parsed).map(([field, value]) => [flagOf(field), value]))
    await run(parsed)
  }
  main().catch((error: unknown) => {
    console.error(errorText(error, flags))
    process.exitCode = 1
  })
}

/** `npm run ... | head`: the end of the reader is the end of the program, without a word. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(NOBODY_READS)
      throw error
    })
}

/**
 * One line for what the caller or the system has to put right, a stack for anything else.
 * @param settings values by the name that the caller knows them by
 */
export function errorText(error: unknown, settings: Readonly<Record<string, unknown>> = {}): string {
  if (error instanceof DimaError) return withoutSecrets(error.message)
  const line = systemErrorLine(error, settings)
  return withoutSecrets(line ?? inspect(error))
}
